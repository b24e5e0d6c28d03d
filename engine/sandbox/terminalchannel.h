// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "protocol/types.h"

#include <QObject>

namespace capsule {

/// How a program in a sandbox ended. A broken stream is `error`; then nothing is known of the program.
struct ExitStatus {
    std::optional<int> code; ///< 128 + signal number when a signal ended it
    std::optional<Error> error;

    bool operator==(const ExitStatus &) const = default;
};

/// One PTY in a sandbox. Open from the moment a provider hands it out until `ended`, which comes exactly
/// once and after the last `output`. Dropping the object does not end the program; hangUp() does.
/// Lives on the engine's event loop. Nothing is said, and nothing lost, before `output` or `ended` is connected.
class TerminalChannel : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    /// Keys and pastes, in order. The caller keeps `bytesToWrite` bounded; see `written`.
    virtual void write(const QByteArray &bytes) = 0;
    virtual qint64 bytesToWrite() const = 0;
    virtual void resize(TerminalSize size) = 0;
    /// While paused no `output` comes and the program is held back by its full PTY.
    virtual void setReadPaused(bool paused) = 0;
    /// Ends the terminal's programs (SIGHUP, then SIGKILL to what ignores it); `ended` follows.
    virtual void hangUp() = 0;

signals:
    void output(const QByteArray &bytes);
    void written(qint64 bytes); ///< so many bytes left bytesToWrite
    void ended(const capsule::ExitStatus &status);
};

/// A command without a terminal: standard streams apart. Same life as TerminalChannel, but dropping the
/// object kills the command.
class ExecChannel : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void write(const QByteArray &bytes) = 0;
    virtual void closeInput() = 0; ///< end of file on its standard input, after what was written
    virtual qint64 bytesToWrite() const = 0;
    virtual void setReadPaused(bool paused) = 0;
    virtual void kill() = 0;

signals:
    void output(const QByteArray &bytes);
    void errorOutput(const QByteArray &bytes);
    void written(qint64 bytes);
    void ended(const capsule::ExitStatus &status);
};

} // namespace capsule
