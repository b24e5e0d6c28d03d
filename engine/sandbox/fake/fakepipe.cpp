// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/fake/fakepipe.h"

#include <QPointer>

namespace capsule {

void FakePipe::print(const QByteArray &bytes)
{
    m_pending += bytes;
    schedule();
}

void FakePipe::generate(qint64 count)
{
    m_toGenerate = count;
    schedule();
}

void FakePipe::clear()
{
    m_pending.clear();
    m_toGenerate = 0;
}

void FakePipe::setPaused(bool paused)
{
    m_paused = paused;
    schedule();
}

void FakePipe::release()
{
    m_held = false;
    schedule();
}

void FakePipe::schedule()
{
    if (m_scheduled)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(this, &FakePipe::flush, Qt::QueuedConnection);
}

void FakePipe::flush()
{
    m_scheduled = false;
    while (m_toGenerate > 0 && m_pending.size() < capacity) {
        // Lines of 80 columns whose bytes can be foretold by a test: letters in turn.
        const bool lineEnd = m_column % 80 == 79;
        m_pending += lineEnd ? '\n' : static_cast<char>('a' + m_column % 26);
        ++m_column;
        --m_toGenerate;
    }
    if (m_held || (m_paused && !isEmpty()))
        return;
    const QPointer alive(this);
    if (!m_pending.isEmpty()) {
        const QByteArray bytes = m_pending.first(qMin(chunk, m_pending.size()));
        m_pending.remove(0, bytes.size());
        emit output(bytes);
        if (!alive)
            return;
    }
    if (!isEmpty())
        schedule();
    else
        emit drained();
}

} // namespace capsule
