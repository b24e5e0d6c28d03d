// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/agentcatalog.h"
#include "catalog/imagestore.h"
#include "protocol/enginefile.h"
#include "server/httpserver.h"
#include "server/methodregistry.h"
#include "session/sessionmanager.h"

namespace capsule {

/// Where sandboxes and images come from: the container engine, or a fake for tests.
struct EngineParts {
    std::unique_ptr<QObject> connection; ///< what the others stand on; dies last
    std::unique_ptr<ImageStore> images;
    std::unique_ptr<SandboxProvider> provider;
    OpenWorkspace openWorkspace;
    QStringList agentDirs;
};

/// The composition root: the engine's rooms put together, from the store up to the server. Listens and is
/// announced in engine.json when start() succeeded; stop() ends it in order, the sandboxes run on.
class EngineApp : public QObject {
    Q_OBJECT
public:
    struct Options {
        quint16 port = 0; ///< 0: any free one
        QString storePath;
        TerminalHub::Options terminals;
        HttpServer::Options server; ///< its token and version are filled in
    };

    EngineApp(Options options, EngineParts parts, QObject *parent = nullptr);
    ~EngineApp() override;

    Result<void> start();
    /// Says goodbye to the clients and withdraws engine.json; `stopped` when all have gone or a second has passed.
    void stop();

    SessionManager &sessions() { return m_sessions; }
    HttpServer &server() { return m_server; }
    const EngineFile &file() const { return m_file; }

signals:
    void stopped();

private:
    SessionParts sessionParts();
    void addMethods();
    void forwardChanges();
    api::EngineStatusResult describe() const;

    Options m_options;
    EngineParts m_parts;
    EngineFile m_file;
    AgentCatalog m_agents;
    SessionStore m_store;
    JobRegistry m_jobs;
    SessionManager m_sessions;
    MethodRegistry m_methods;
    HttpServer m_server;
    bool m_stopping = false;
};

} // namespace capsule
