// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>

namespace capsule {

/// The kernel's part of a fake program's output: a small buffer that fills up while nobody reads. What a
/// program may print endlessly comes from a generator, which is asked only when there is room.
class FakePipe : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype capacity = 64 * 1024;
    static constexpr qsizetype chunk = 16 * 1024; ///< most that one `output` carries

    explicit FakePipe(QObject *parent) : QObject(parent) {}

    /// Small texts only: they are taken beyond the capacity too, as a terminal's echo is.
    void print(const QByteArray &bytes);
    /// `count` bytes of lines of text, made as they are read; `drained` afterwards.
    void generate(qint64 count);
    void stopGenerating() { m_toGenerate = 0; }
    void clear(); ///< what nobody has read is lost
    void setPaused(bool paused);
    void release(); ///< nothing comes out before this: somebody listens
    bool isEmpty() const { return m_pending.isEmpty() && m_toGenerate == 0; }
    qsizetype pending() const { return m_pending.size(); }

signals:
    void output(const QByteArray &bytes);
    void drained(); ///< nothing is left, nothing is being generated

private:
    void schedule();
    void flush();

    QByteArray m_pending;
    qint64 m_toGenerate = 0;
    qint64 m_column = 0;
    bool m_paused = false;
    bool m_held = true;
    bool m_scheduled = false;
};

} // namespace capsule
