// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/dialogs/textdialog.h"

#include "desktop/widgets/problemlabel.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace capsule {

TextDialog::TextDialog(const QString &title, const QString &label, const QString &current, const QString &accept,
                       std::function<QString(const QString &)> validate, QWidget *parent)
    : QDialog(parent)
    , m_validate(std::move(validate))
    , m_current(current)
    , m_edit(new QLineEdit(current))
    , m_problem(problemLabel())
{
    setWindowTitle(title);
    auto *name = new QLabel(label);
    name->setBuddy(m_edit);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_accept = buttons->addButton(accept, QDialogButtonBox::AcceptRole);
    m_edit->selectAll();

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(name);
    layout->addWidget(m_edit);
    layout->addWidget(m_problem);
    layout->addStretch();
    layout->addWidget(buttons);
    m_accept->setDefault(true); // only now: a button finds its dialog by its parents
    setMinimumWidth(fontMetrics().averageCharWidth() * 52);

    connect(m_edit, &QLineEdit::textChanged, this, &TextDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

QString TextDialog::text() const
{
    return m_edit->text().trimmed();
}

void TextDialog::check()
{
    const QString problem = m_validate ? m_validate(text()) : QString();
    m_problem->setText(problem);
    m_accept->setEnabled(problem.isEmpty() && text() != m_current);
}

} // namespace capsule
