// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace capsule {

/// Asks for one line of text; says beside the field what is wrong with it, while it is typed.
class TextDialog : public QDialog
{
    Q_OBJECT
public:
    TextDialog(const QString &title, const QString &label, const QString &current, const QString &accept,
               std::function<QString(const QString &)> validate, QWidget *parent = nullptr);

    QString text() const; ///< trimmed

private:
    void check();

    std::function<QString(const QString &)> m_validate;
    QString m_current;
    QLineEdit *m_edit;
    QLabel *m_problem;
    QPushButton *m_accept;
};

} // namespace capsule
