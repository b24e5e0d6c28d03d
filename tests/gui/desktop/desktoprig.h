// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/application.h"
#include "desktop/prompts.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace capsule {

class TerminalPage;
class TerminalView;

namespace test {

/// Answers instead of a user, and remembers what was asked.
class AnsweringPrompts : public Prompts
{
public:
    struct Script {
        bool accept = true;
        QString text;   ///< typed into the next askText
        QString folder;
        QList<Question> questions;
        QStringList details;
        QString problem; ///< what the validator said to `text`
    };
    explicit AnsweringPrompts(Script &script) : m_script(script) { }

    void confirm(QWidget *parent, const Question &question, QObject *context, std::function<void()> accepted) override;
    void askText(QWidget *parent, const QString &title, const QString &label, const QString &current, const QString &accept, Validate validate,
                 QObject *context, std::function<void(const QString &)> accepted) override;
    void chooseFolder(QWidget *parent, const QString &title, const QString &start, QObject *context,
                      std::function<void(const QString &)> accepted) override;
    void showDetails(QWidget *parent, const QString &title, const QString &text, const QString &details) override;

private:
    Script &m_script;
};

/// A user of his own: private XDG folders, an engine when asked for, and the desktop in this process.
class DesktopRig
{
public:
    DesktopRig();
    ~DesktopRig();

    static QString engineProgram();
    bool startFakeEngine(); ///< and waits until it listens
    void killEngine();      ///< as a crash
    Application &startDesktop(const LaunchRequest &request = {});
    void endDesktop(); ///< as Quit does
    std::unique_ptr<Application> secondDesktop(AnsweringPrompts::Script &script);

    bool createInDialog(const QString &name); ///< by the dialog, as a user; waits for its terminal's prompt
    TerminalPage *currentPage() const;
    TerminalView *currentView() const;
    QString screen() const;
    void type(const QString &text); ///< into whatever has the focus
    bool click(const QPoint &global, int button = 1); ///< a real one, by the X server
    QString folder() const { return m_dir.path(); }
    QString engineLog() const;

    AnsweringPrompts::Script script;
    std::unique_ptr<Application> desktop;

private:
    QTemporaryDir m_dir;
    QProcess m_engine;
};

} // namespace test
} // namespace capsule
