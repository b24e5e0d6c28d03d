// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionterminals.h"

#include "session/sessionnames.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr int gatherMs = 50;
constexpr int hangUpMs = 5'000; ///< then a terminal is forgotten although its program still lives
constexpr qint64 activityMs = 60'000;

/// bash where the image has it, else the shell that every image with a shell has.
QStringList loginShell()
{
    return {u"/bin/sh"_s, u"-c"_s, u"if command -v bash >/dev/null; then exec bash -l; else exec /bin/sh -l; fi"_s};
}

} // namespace

SessionTerminals::SessionTerminals(TerminalHub::Options options, int maxPerSession, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_max(maxPerSession)
{
    m_gather.setSingleShot(true);
    m_gather.setInterval(gatherMs);
    connect(&m_gather, &QTimer::timeout, this, [this] {
        for (const QString &sessionId : std::exchange(m_touched, {}))
            emit changed(sessionId);
    });
}

SessionTerminals::~SessionTerminals() = default;

std::vector<TerminalInfo> SessionTerminals::infos(const QString &sessionId) const
{
    std::vector<TerminalInfo> infos;
    if (const auto hubs = m_hubs.find(sessionId); hubs != m_hubs.end()) {
        for (const Hub &hub : hubs->second)
            infos.push_back(hub->info());
    }
    return infos;
}

bool SessionTerminals::hasRunning(const QString &sessionId) const
{
    const auto hubs = m_hubs.find(sessionId);
    return hubs != m_hubs.end() && std::ranges::any_of(hubs->second, [](const Hub &hub) { return hub->isRunning(); });
}

TerminalHub *SessionTerminals::find(const QString &terminalId) const
{
    for (const auto &[sessionId, hubs] : m_hubs) {
        for (const Hub &hub : hubs) {
            if (hub->id() == terminalId)
                return hub.get();
        }
    }
    return nullptr;
}

/// Ended terminals that nobody looks at make room for new ones, oldest first.
bool SessionTerminals::makeRoom(const QString &sessionId)
{
    const int opening = m_opening.value(sessionId);
    const auto hubs = m_hubs.find(sessionId);
    if (hubs == m_hubs.end())
        return opening < m_max;
    while (static_cast<int>(hubs->second.size()) + opening >= m_max) {
        const auto ended = std::ranges::find_if(hubs->second, [](const Hub &hub) { return !hub->isRunning() && hub->info().viewers == 0; });
        if (ended == hubs->second.end())
            return false;
        hubs->second.erase(ended);
    }
    return true;
}

Async<TerminalInfo> SessionTerminals::open(SandboxProvider &provider, const QString &sessionId, const QString &sandboxId, const CommandSpec &command)
{
    if (!command.size.isValid())
        return ready<TerminalInfo>(fail(ErrorCode::InvalidArgument, u"A terminal has 1 to 1000 columns and rows."_s));
    if (!makeRoom(sessionId))
        return ready<TerminalInfo>(fail(ErrorCode::LimitReached, u"The session has %1 terminals already; close one first."_s.arg(m_max)));
    ++m_opening[sessionId];
    CommandSpec started = command;
    if (started.argv.isEmpty())
        started.argv = loginShell();
    // The hub is made right in the continuation: what the program prints first must find it.
    return provider.openTerminal(sandboxId, started).then(this, [this, sessionId, command](const Result<std::shared_ptr<TerminalChannel>> &channel) {
        if (--m_opening[sessionId] <= 0)
            m_opening.remove(sessionId);
        return channel.transform([&](const std::shared_ptr<TerminalChannel> &opened) { return add(sessionId, command, opened)->info(); });
    });
}

TerminalHub *SessionTerminals::add(const QString &sessionId, const CommandSpec &command, std::shared_ptr<TerminalChannel> channel)
{
    const QString title = command.argv.isEmpty() ? u"shell"_s : QFileInfo(command.argv.first()).fileName();
    auto hub = std::make_unique<TerminalHub>(newId(), title, std::move(channel), command.size, m_options);
    connect(hub.get(), &TerminalHub::infoChanged, this, [this, sessionId] { touch(sessionId); });
    connect(hub.get(), &TerminalHub::active, this, [this, sessionId] { noteActivity(sessionId); });
    m_hubs[sessionId].push_back(std::move(hub));
    touch(sessionId);
    return m_hubs[sessionId].back().get();
}

Result<void> SessionTerminals::close(const QString &terminalId)
{
    TerminalHub *hub = find(terminalId);
    if (!hub)
        return fail(ErrorCode::NotFound, u"There is no such terminal; it was closed."_s, terminalId);
    if (!hub->isRunning()) {
        forget(terminalId);
        return {};
    }
    connect(hub, &TerminalHub::ended, this, [this, terminalId] { forget(terminalId); });
    QTimer::singleShot(hangUpMs, hub, [this, terminalId] { forget(terminalId); });
    hub->hangUp();
    return {};
}

/// Destroys it later: this may be one of its signals.
void SessionTerminals::retire(Hub hub)
{
    hub->setParent(this);
    hub.release()->deleteLater();
}

void SessionTerminals::forget(const QString &terminalId)
{
    for (auto &[sessionId, hubs] : m_hubs) {
        const auto hub = std::ranges::find(hubs, terminalId, [](const Hub &candidate) { return candidate->id(); });
        if (hub == hubs.end())
            continue;
        retire(std::move(*hub));
        hubs.erase(hub);
        touch(sessionId);
        return;
    }
}

void SessionTerminals::loseAll(const QString &sessionId, const Error &reason)
{
    if (const auto hubs = m_hubs.find(sessionId); hubs != m_hubs.end()) {
        for (const Hub &hub : hubs->second)
            hub->lose(reason);
    }
}

void SessionTerminals::forgetAll(const QString &sessionId)
{
    const auto hubs = m_hubs.find(sessionId);
    if (hubs == m_hubs.end())
        return;
    for (Hub &hub : hubs->second)
        retire(std::move(hub));
    m_hubs.erase(hubs);
    m_lastActive.remove(sessionId);
    touch(sessionId);
}

void SessionTerminals::touch(const QString &sessionId)
{
    m_touched.insert(sessionId);
    if (!m_gather.isActive())
        m_gather.start();
}

void SessionTerminals::noteActivity(const QString &sessionId)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (now - m_lastActive.value(sessionId) < activityMs)
        return;
    m_lastActive.insert(sessionId, now);
    emit active(sessionId);
}

} // namespace capsule
