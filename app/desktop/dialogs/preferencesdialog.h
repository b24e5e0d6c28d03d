// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/terminalappearance.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFontComboBox;
class QSpinBox;

namespace capsule {

/// How terminals look. Every change is told at once, so that it is seen in the terminals behind; Cancel
/// brings back what was.
class PreferencesDialog : public QDialog
{
    Q_OBJECT
public:
    explicit PreferencesDialog(const TerminalAppearance &appearance, QWidget *parent = nullptr);

    TerminalAppearance appearance() const;

signals:
    void appearanceChanged(const capsule::TerminalAppearance &appearance);

private:
    void fill(const TerminalAppearance &appearance);

    const TerminalAppearance m_former;
    QFontComboBox *m_family;
    QSpinBox *m_size;
    QComboBox *m_scheme;
    QSpinBox *m_history;
    QComboBox *m_cursor;
    QCheckBox *m_blinking;
    bool m_showing = false;
};

} // namespace capsule
