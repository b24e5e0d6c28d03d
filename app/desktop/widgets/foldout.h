// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;

namespace capsule {

/// A heading with an arrow that shows or hides what is below it.
class Foldout : public QWidget
{
    Q_OBJECT
public:
    Foldout(const QString &heading, QWidget *content, QWidget *parent = nullptr);

    bool isOpen() const;
    void setOpen(bool open);

signals:
    void toggled(bool open);

private:
    QToolButton *m_heading;
    bool m_open = false;
    QWidget *m_content;
};

} // namespace capsule
