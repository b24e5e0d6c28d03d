// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/models/terminalnotice.h"
#include "desktop/terminal/terminalappearance.h"
#include "protocol/methods.h"
#include "desktop/windows/sessionpage.h"

namespace capsule {

class EngineLink;
class MessageBar;
class TerminalView;

/// A terminal in a tab. Attaches when it is first seen, so that it has its real size by then, and again after
/// every reconnection. When it cannot go on, the last screen stays and a bar below says why.
class TerminalPage : public SessionPage
{
    Q_OBJECT
public:
    TerminalPage(const SessionInfo &session, const QString &terminalId, EngineLink &link, const TerminalAppearance &appearance,
                 QWidget *parent = nullptr);

    void setSession(const SessionInfo &session) override;
    void setTerminal(const QString &terminalId); ///< another one takes the place of one that ended
    TerminalView &view() { return *m_view; }
    bool isTerminalRunning() const;
    SessionState mark() const; ///< the colour of the tab's dot

signals:
    void actionRequested(capsule::NoticeAction action);
    void changed(); ///< title or mark

protected:
    void showEvent(QShowEvent *event) override;

private:
    void attach();
    void onEnded(const api::ChannelClosedParams &how);
    void showNotice();

    EngineLink &m_link;
    SessionInfo m_session;
    TerminalView *m_view;
    MessageBar *m_notice;
    TerminalNotice m_shownNotice;
    bool m_seen = false;
    std::optional<ErrorInfo> m_streamError; ///< the view lost its stream although the terminal runs
};

} // namespace capsule
