// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/noticebar.h"
#include "desktop/terminal/terminalfeeder.h"
#include "desktop/terminal/terminalsearch.h"
#include "desktop/terminal/terminalsource.h"
#include "desktop/terminal/terminalview.h"

#include <QCoreApplication>
#include <QTimer>

#include <optional>
#include <vector>

class QKeyEvent;
class QTermWidget;

namespace capsule {

class TerminalView::Private
{
    Q_DECLARE_TR_FUNCTIONS(capsule::TerminalView)
public:
    Private(TerminalView *view, const TerminalAppearance &look);

    void setUpTerminal();
    void createActions();
    void applyAppearance(const TerminalAppearance &look);
    void applyCursor();
    void applyFont();
    void changeZoom(int points);

    void setSource(std::unique_ptr<TerminalSource> next);
    void dropSource();
    void beginReplay(qint64 bytes);
    void endReplay();
    void sayEnd();
    void readSize();
    void readTitle();

    void openUrl(const QUrl &url);
    void send(const QByteArray &input);
    void paste(const QString &text);
    void sendPaste(const QString &clean);
    void askUser(const QString &text, const QString &accept, std::function<void()> answer);
    void copy();
    void selectAll();
    void clearScrollback();
    void showMenu(const QPoint &globalPosition);
    bool programUsesMouse() const;
    bool filterDisplayEvent(QEvent *event);
    bool filterKey(QKeyEvent *event);

    TerminalView *const q;
    QTermWidget *const terminal;
    QWidget *display = nullptr; ///< the part of QTermWidget that paints and takes keys
    NoticeBar *const notice;
    NoticeBar *const question;
    TerminalFeeder feeder;
    std::unique_ptr<TerminalSource> source;
    TerminalActions actions;
    TerminalAppearance appearance;
    QTimer sizeSettled;
    std::optional<TerminalSize> size; ///< unknown until the widget was laid out
    QString title;
    int zoom = 0;
    api::ChannelClosedParams end;
    bool ending = false;
    std::vector<std::unique_ptr<QKeyEvent>> heldKeys; ///< typed during a replay
    Ask ask;
    std::function<void(const QUrl &)> opener;
};

} // namespace capsule
