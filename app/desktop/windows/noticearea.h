// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QWidget>

namespace capsule {

class EngineLink;
class MessageBar;
class Prompts;

/// The bars across the main window: the connection to the engine, the container engine behind it, and the last
/// action that failed. Each shows itself when it has something to say.
class NoticeArea : public QWidget
{
    Q_OBJECT
public:
    NoticeArea(EngineLink &link, Prompts &prompts, QWidget *parent = nullptr);

    void showFailure(const Error &error);
    void showStopping(int sessions); ///< "Quit and Stop Everything" is at work

private:
    void showConnection();
    void showProviderProblem();
    void showDetails(const QString &sentence, const QString &detail);

    EngineLink &m_link;
    Prompts &m_prompts;
    MessageBar *m_connection;
    MessageBar *m_provider;
    MessageBar *m_failure;
};

} // namespace capsule
