// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/engineapp.h"

#include "base/logging.h"
#include "protocol/enginefile.h"
#include "server/gate.h"
#include "server/methods.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace capsule {

namespace {

constexpr auto farewell = 1s; // for clients to read that the engine ends

HttpServer::Options withSecrets(HttpServer::Options options)
{
    options.token = makeToken();
    options.version = QStringLiteral(CAPSULE_VERSION);
    return options;
}

} // namespace

EngineApp::EngineApp(Options options, EngineParts parts, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_parts(std::move(parts))
    , m_agents(m_parts.agentDirs)
    , m_store(m_options.storePath)
    , m_sessions(sessionParts())
    , m_server(withSecrets(m_options.server), m_methods)
{
    addMethods();
    forwardChanges();
}

EngineApp::~EngineApp() = default;

SessionParts EngineApp::sessionParts()
{
    return {.providers = {m_parts.provider.get()},
            .findAgent = [this](const QString &id) { return m_agents.find(id); },
            .images = m_parts.images.get(),
            .openWorkspace = m_parts.openWorkspace,
            .jobs = &m_jobs,
            .store = &m_store,
            .terminals = m_options.terminals};
}

void EngineApp::addMethods()
{
    addAllMethods(m_methods,
                  {.sessions = m_sessions,
                   .jobs = m_jobs,
                   .agents = m_agents,
                   .images = *m_parts.images,
                   .providers = {m_parts.provider.get()},
                   .describeEngine = [this] { return describe(); },
                   .endEngine = [this] { QMetaObject::invokeMethod(this, &EngineApp::stop, Qt::QueuedConnection); }});
    Q_ASSERT_X(m_methods.missing().isEmpty(), "methods without a handler", qPrintable(m_methods.missing().join(u", ")));
}

void EngineApp::forwardChanges()
{
    connect(&m_sessions, &SessionManager::sessionChanged, &m_server,
            [this](const SessionInfo &session) { m_server.broadcast<api::SessionChanged>({session}); });
    connect(&m_sessions, &SessionManager::sessionRemoved, &m_server,
            [this](const QString &id) { m_server.broadcast<api::SessionRemoved>({id}); });
    connect(&m_jobs, &JobRegistry::changed, &m_server, [this](const JobInfo &job) { m_server.broadcast<api::JobChanged>({job}); });
    connect(&m_jobs, &JobRegistry::output, &m_server,
            [this](const QString &id, const QString &text) { m_server.broadcast<api::JobOutput>({id, text}); });
}

Result<void> EngineApp::start()
{
    if (auto listening = m_server.listen(m_options.port); !listening)
        return listening;
    m_file = {.version = QStringLiteral(CAPSULE_VERSION),
              .apiVersion = api::version,
              .pid = QCoreApplication::applicationPid(),
              .address = m_server.address(),
              .token = QString::fromLatin1(m_server.token()),
              .startedAt = QDateTime::currentDateTimeUtc()};
    if (auto written = EngineFile::write(m_file); !written)
        return written;
    for (const QString &notice : m_sessions.notices())
        qCWarning(lcEngine).noquote() << notice;
    qCInfo(lcEngine).noquote() << "version" << m_file.version << "listens at" << m_file.address << "as process" << m_file.pid;
    return {};
}

void EngineApp::stop()
{
    if (std::exchange(m_stopping, true))
        return;
    qCInfo(lcEngine) << "ends;" << m_sessions.runningCount() << "sessions run on";
    EngineFile::remove();
    m_server.broadcast<api::EngineStopping>({});
    connect(&m_server, &HttpServer::connectionCountChanged, this, [this](int count) {
        if (count == 0)
            emit stopped();
    });
    m_server.closeAll(u"the engine ends"_s);
    QTimer::singleShot(m_server.connectionCount() == 0 ? 0s : farewell, this, &EngineApp::stopped);
}

api::EngineStatusResult EngineApp::describe() const
{
    return {.version = m_file.version,
            .apiVersion = m_file.apiVersion,
            .pid = m_file.pid,
            .address = m_file.address,
            .logPath = engineLogPath(),
            .startedAt = m_file.startedAt,
            .sessions = int(m_sessions.list().size()),
            .connections = m_server.connectionCount(),
            .providers = {}};
}

} // namespace capsule
