// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/dialogs/preferencesdialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFontComboBox>
#include <QFontInfo>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace capsule {

PreferencesDialog::PreferencesDialog(const TerminalAppearance &appearance, QWidget *parent)
    : QDialog(parent)
    , m_former(appearance)
    , m_family(new QFontComboBox)
    , m_size(new QSpinBox)
    , m_scheme(new QComboBox)
    , m_history(new QSpinBox)
    , m_cursor(new QComboBox)
    , m_blinking(new QCheckBox(u"&Blinking cursor"_s))
{
    setWindowTitle(u"Preferences"_s);
    m_family->setFontFilters(QFontComboBox::MonospacedFonts);
    m_family->setEditable(false);
    m_size->setRange(4, 96);
    m_size->setSuffix(u" pt"_s);
    m_scheme->addItems(TerminalAppearance::availableColorSchemes());
    m_history->setRange(0, 100'000);
    m_history->setSingleStep(1000);
    m_history->setGroupSeparatorShown(true);
    m_history->setSuffix(u" lines"_s);
    m_cursor->addItems({u"Block"_s, u"Underline"_s, u"I-beam"_s});

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(u"&Font:"_s, m_family);
    form->addRow(u"&Size:"_s, m_size);
    form->addRow(u"&Colour scheme:"_s, m_scheme);
    form->addRow(u"Scroll&back:"_s, m_history);
    form->addRow(u"C&ursor:"_s, m_cursor);
    form->addRow(QString(), m_blinking);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel | QDialogButtonBox::RestoreDefaults);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->addLayout(form);
    layout->addStretch();
    layout->addSpacing(10);
    layout->addWidget(buttons);
    setMinimumWidth(420);
    fill(appearance);

    const auto changed = [this] {
        if (!m_showing)
            emit appearanceChanged(this->appearance());
    };
    connect(m_family, &QFontComboBox::currentFontChanged, this, changed);
    connect(m_size, &QSpinBox::valueChanged, this, changed);
    connect(m_scheme, &QComboBox::currentIndexChanged, this, changed);
    connect(m_history, &QSpinBox::valueChanged, this, changed);
    connect(m_cursor, &QComboBox::currentIndexChanged, this, changed);
    connect(m_blinking, &QCheckBox::toggled, this, changed);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, [this, changed] {
        fill(TerminalAppearance());
        changed();
    });
    connect(this, &QDialog::rejected, this, [this] { emit appearanceChanged(m_former); });
}

void PreferencesDialog::fill(const TerminalAppearance &appearance)
{
    m_showing = true;
    // The system's fixed font may be an alias ("Monospace"); the list has real families.
    m_family->setCurrentFont(QFont(QFontInfo(appearance.font).family()));
    m_size->setValue(appearance.font.pointSize());
    m_scheme->setCurrentText(appearance.colorScheme);
    m_history->setValue(appearance.historyLines);
    m_cursor->setCurrentIndex(int(appearance.cursorShape));
    m_blinking->setChecked(appearance.blinkingCursor);
    m_showing = false;
}

TerminalAppearance PreferencesDialog::appearance() const
{
    TerminalAppearance look = m_former;
    look.font.setFamily(m_family->currentFont().family());
    look.font.setPointSize(m_size->value());
    look.colorScheme = m_scheme->currentText();
    look.historyLines = m_history->value();
    look.cursorShape = TerminalAppearance::CursorShape(m_cursor->currentIndex());
    look.blinkingCursor = m_blinking->isChecked();
    return look;
}

} // namespace capsule
