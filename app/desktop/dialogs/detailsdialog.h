// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace capsule {

/// A sentence and, below it, the platform's own words to be read or copied.
class DetailsDialog : public QDialog
{
    Q_OBJECT
public:
    DetailsDialog(const QString &title, const QString &text, const QString &details, QWidget *parent = nullptr);
};

} // namespace capsule
