// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <functional>

class QLabel;
class QHBoxLayout;
class QToolButton;

namespace capsule {

/// One line across a window or under a terminal: an icon, a sentence, what can be done about it. Hidden
/// until it has something to say; it never asks for the focus.
class MessageBar : public QFrame
{
    Q_OBJECT
public:
    enum class Kind { Information, Warning, Error };
    struct Button {
        QString text;
        std::function<void()> clicked;
    };

    explicit MessageBar(QWidget *parent = nullptr);

    void showNotice(Kind kind, const QString &text, const std::vector<Button> &buttons = {});
    void setText(const QString &text); ///< the same notice, told anew (a countdown)
    void setClosable(bool closable);
    void clear();
    QString text() const;
    bool hasNotice() const { return !isHidden(); }

signals:
    void closed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void recolor();

    Kind m_kind = Kind::Information;
    QLabel *m_icon;
    QLabel *m_label;
    QHBoxLayout *m_buttons;
    QToolButton *m_close;
};

} // namespace capsule
