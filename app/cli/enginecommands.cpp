// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/enginecommands.h"

#include "base/logging.h"
#include "cli/exitcodes.h"
#include "cli/text.h"

#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule::cli {

namespace {

constexpr qint64 longestTail = 8 * 1024 * 1024;
constexpr auto stopPatience = 60s; // stopping many sessions takes a while

} // namespace

void EngineStatusCommand::run()
{
    const auto then = [this] {
        call<api::EngineStatus>({}, [this](const api::EngineStatusResult &status) {
            m_output.json(wire::toJson(status));
            print(status);
            finish(exitOk);
        });
    };
    m_start == Start::Yes ? withEngine(then) : withRunningEngine(then);
}

void EngineStatusCommand::print(const api::EngineStatusResult &status) const
{
    const QString now = age(status.startedAt, QDateTime::currentDateTimeUtc());
    std::vector<std::vector<Cell>> rows{
        {{u"Engine"_s}, {u"%1, process %2, running for %3"_s.arg(printable(status.version)).arg(status.pid).arg(now)}},
        {{u"Address"_s}, {printable(status.address)}},
        {{u"Log"_s}, {printable(status.logPath)}},
        {{u"Sessions"_s}, {QString::number(status.sessions)}},
    };
    for (const ProviderStatus &provider : status.providers) {
        const QString state = provider.available ? u"%1 at %2"_s.arg(provider.name, provider.address)
                                                 : provider.error.value_or(ErrorInfo{ErrorCode::Unavailable, u"does not answer"_s, {}}).message;
        rows.push_back({{u"Provider"_s}, {printable(state)}});
    }
    m_output.text(table(rows));
}

void EngineStopCommand::run()
{
    const auto engine = EngineStarter::running();
    if (!engine && engine.error().code == ErrorCode::NotFound) {
        m_output.note(u"The engine does not run."_s);
        m_output.json({{u"stopped"_s, false}});
        return finish(exitOk);
    }
    withRunningEngine([this, pid = engine ? engine->pid : 0] {
        call<api::EngineStop>({m_line.has(u"sessions"_s)}, [this, pid](const api::Nothing &) { waitForEnd(pid); });
    });
}

void EngineStopCommand::waitForEnd(qint64 pid)
{
    m_client.disconnectFromEngine();
    m_waited.start();
    connect(&m_look, &QTimer::timeout, this, [this, pid] {
        if (pid > 0 && ::kill(pid_t(pid), 0) == 0) {
            if (m_waited.durationElapsed() > stopPatience)
                refuse({ErrorCode::Timeout, u"The engine (process %1) has not ended yet; see \"capsule engine logs\"."_s.arg(pid), {}});
            return;
        }
        m_look.stop();
        m_output.note(m_line.has(u"sessions"_s) ? u"The engine and its sessions are stopped."_s : u"The engine is stopped; its sessions run on."_s);
        m_output.json({{u"stopped"_s, true}, {u"pid"_s, pid}});
        finish(exitOk);
    });
    m_look.start(20ms);
}

QByteArray lastLines(const QByteArray &text, int count)
{
    qsizetype start = text.size();
    for (int i = 0; i < count && start > 0; ++i)
        start = start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1; // over the line's own end
    return text.sliced(start);
}

void EngineLogsCommand::run()
{
    bool isNumber = true;
    const int count = m_line.has(u"lines"_s) ? m_line.value(u"lines"_s).toInt(&isNumber) : 100;
    if (!isNumber || count < 0)
        return refuseUsage(u"--lines needs a number."_s);
    m_file.setFileName(engineLogPath());
    const bool open = m_file.open(QIODevice::ReadOnly);
    if (!open && !m_line.has(u"follow"_s))
        return refuse({ErrorCode::NotFound, u"There is no log yet; the engine writes it when it runs."_s, m_file.fileName()});
    if (open) {
        m_file.seek(std::max<qint64>(0, m_file.size() - longestTail));
        print(lastLines(m_file.readAll(), count));
    }
    if (!m_line.has(u"follow"_s))
        return finish(exitOk);
    connect(&m_look, &QTimer::timeout, this, &EngineLogsCommand::follow);
    m_look.start(200ms);
}

void EngineLogsCommand::print(const QByteArray &lines) const
{
    if (!m_output.isJson())
        return m_output.text(printable(QString::fromUtf8(lines), Lines::Keep));
    QJsonArray list;
    for (const QByteArray &line : lines.split('\n')) {
        if (!line.isEmpty())
            list.append(QString::fromUtf8(line));
    }
    m_output.json({{u"path"_s, m_file.fileName()}, {u"lines"_s, list}});
}

void EngineLogsCommand::follow()
{
    const QFileInfo now(m_file.fileName());
    // A full log is renamed and begun anew: then the file we hold has more than the one of that name.
    if (!m_file.isOpen() || now.size() < m_file.pos()) {
        m_file.close();
        if (!m_file.open(QIODevice::ReadOnly))
            return;
    }
    if (const QByteArray added = m_file.readAll(); !added.isEmpty())
        print(added);
}

} // namespace capsule::cli
