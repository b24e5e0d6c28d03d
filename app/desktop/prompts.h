// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>

class QWidget;

namespace capsule {

/// A question that is answered by yes or no. The button says what happens, never "OK".
struct Question {
    QString title{};
    QString text{};    ///< the question, in bold where the desktop does so
    QString details{}; ///< what is lost or changed
    QString accept{};  ///< "Delete"
    bool destructive = false; ///< then Cancel is the default
};

/// Every modal question of the desktop goes through here, so that a test can answer instead of a user.
/// Nothing waits: the answer comes by callback, and never when `context` or the parent is gone.
class Prompts
{
public:
    virtual ~Prompts() = default;

    using Validate = std::function<QString(const QString &)>; ///< a sentence when it is wrong

    virtual void confirm(QWidget *parent, const Question &question, QObject *context, std::function<void()> accepted) = 0;
    virtual void askText(QWidget *parent, const QString &title, const QString &label, const QString &current, const QString &accept,
                         Validate validate, QObject *context, std::function<void(const QString &)> accepted) = 0;
    virtual void chooseFolder(QWidget *parent, const QString &title, const QString &start, QObject *context,
                              std::function<void(const QString &)> accepted) = 0;
    /// Shows the platform's own words to a failure.
    virtual void showDetails(QWidget *parent, const QString &title, const QString &text, const QString &details) = 0;
};

/// The real ones: window-modal dialogs of the desktop.
std::unique_ptr<Prompts> dialogPrompts();

} // namespace capsule
