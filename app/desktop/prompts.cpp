// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/prompts.h"

#include "desktop/dialogs/detailsdialog.h"
#include "desktop/dialogs/textdialog.h"

#include <QFileDialog>
#include <QGridLayout>
#include <QMessageBox>
#include <QPushButton>

namespace capsule {

namespace {

class DialogPrompts : public Prompts
{
public:
    void confirm(QWidget *parent, const Question &question, QObject *context, std::function<void()> accepted) override
    {
        auto *box = new QMessageBox(question.destructive ? QMessageBox::Warning : QMessageBox::Question, question.title, question.text,
                                    QMessageBox::Cancel, parent);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setTextFormat(Qt::PlainText); // names of sessions are not HTML
        box->setInformativeText(question.details);
        QPushButton *yes = box->addButton(question.accept, question.destructive ? QMessageBox::DestructiveRole : QMessageBox::AcceptRole);
        if (question.destructive)
            box->setDefaultButton(QMessageBox::Cancel);
        else
            box->setDefaultButton(yes);
        QObject::connect(yes, &QPushButton::clicked, context, [accepted = std::move(accepted)] { accepted(); });
        // Without it a box is as narrow as its short question, and wraps the details word by word.
        if (auto *grid = qobject_cast<QGridLayout *>(box->layout()))
            grid->addItem(new QSpacerItem(box->fontMetrics().averageCharWidth() * 60, 0), grid->rowCount(), 0, 1, grid->columnCount());
        box->open();
    }

    void askText(QWidget *parent, const QString &title, const QString &label, const QString &current, const QString &accept,
                 Validate validate, QObject *context, std::function<void(const QString &)> accepted) override
    {
        auto *dialog = new TextDialog(title, label, current, accept, std::move(validate), parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QDialog::accepted, context, [dialog, accepted = std::move(accepted)] { accepted(dialog->text()); });
        dialog->open();
    }

    void chooseFolder(QWidget *parent, const QString &title, const QString &start, QObject *context,
                      std::function<void(const QString &)> accepted) override
    {
        auto *dialog = new QFileDialog(parent, title, start);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        QObject::connect(dialog, &QFileDialog::fileSelected, context, [accepted = std::move(accepted)](const QString &path) { accepted(path); });
        dialog->open();
    }

    void showDetails(QWidget *parent, const QString &title, const QString &text, const QString &details) override
    {
        auto *dialog = new DetailsDialog(title, text, details, parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    }
};

} // namespace

std::unique_ptr<Prompts> dialogPrompts()
{
    return std::make_unique<DialogPrompts>();
}

} // namespace capsule
