// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace capsule {

/// A thin bar with one message, at most one action and a close button. Texts are shown as they are, never
/// as HTML. Hidden until show() is asked for; used on the GUI thread.
class NoticeBar : public QFrame
{
    Q_OBJECT
public:
    explicit NoticeBar(QWidget *parent = nullptr);

    void showNotice(const QString &text, const QString &action, std::function<void()> callback);
    void dismiss(); ///< hides it and forgets the callback

signals:
    void dismissed(); ///< hidden, by whatever way

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void accept();

    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
    std::function<void()> m_callback;
};

} // namespace capsule
