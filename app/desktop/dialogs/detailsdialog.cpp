// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/dialogs/detailsdialog.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

DetailsDialog::DetailsDialog(const QString &title, const QString &text, const QString &details, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(title);
    auto *sentence = new QLabel(text);
    sentence->setTextFormat(Qt::PlainText);
    sentence->setWordWrap(true);
    auto *words = new QPlainTextEdit(details);
    words->setReadOnly(true);
    words->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    words->setTabChangesFocus(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton *copy = buttons->addButton(u"&Copy"_s, QDialogButtonBox::ActionRole);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(sentence);
    layout->addWidget(words, 1);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 86, fontMetrics().height() * 20);

    connect(copy, &QPushButton::clicked, this, [text, details] { QGuiApplication::clipboard()->setText(text + u"\n\n"_s + details); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

} // namespace capsule
