// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/imagestore.h"
#include "sandbox/fake/fakeprovider.h"
#include "session/sessionmanager.h"
#include "support/await.h"
#include "support/memorytree.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace capsule::test {

/// Images that need no building, or a build that waits, prints, fails, as told.
class FakeImageStore : public ImageStore
{
public:
    Async<QString> ensureImage(const AgentProfile &profile, ProgressSink &sink) override
    {
        ++calls;
        sink.appendOutput(QStringLiteral("Step 1/1\n"));
        if (failure)
            return ready<QString>(std::unexpected(*failure));
        if (!holdsBack)
            return ready<QString>(QStringLiteral("capsule/agent-%1:1").arg(profile.id));
        auto answer = std::make_shared<Answer<QString>>();
        m_stops.push_back(std::make_unique<std::stop_callback<std::function<void()>>>(sink.stopToken(), [answer] {
            answer->resolve(fail(ErrorCode::Cancelled, QStringLiteral("The build was cancelled.")));
        }));
        return answer->future();
    }
    Async<bool> isReady(const AgentProfile &) override { return ready<bool>(true); }

    std::optional<Error> failure;
    bool holdsBack = false; ///< until it is told to stop
    int calls = 0;

private:
    std::vector<std::unique_ptr<std::stop_callback<std::function<void()>>>> m_stops;
};

/// An engine without a server, in memory but for its store. The provider and the store outlive a manager,
/// so that restart() is what a new engine process finds.
class TestEngine
{
public:
    TestEngine()
    {
        AgentProfile shell;
        shell.id = QStringLiteral("shell");
        shell.name = QStringLiteral("Shell");
        AgentProfile agent;
        agent.id = QStringLiteral("claude-code");
        agent.name = QStringLiteral("Claude Code");
        agent.command = {QStringLiteral("/usr/bin/claude"), QStringLiteral("--here")};
        agent.environment = {QStringLiteral("A=b")};
        profiles = {shell, agent};
        openWorkspace = [this](const QString &, std::stop_token) {
            return ready<WorkspaceTree>(WorkspaceTree{std::make_shared<MemoryTree>(tree), notice});
        };
    }

    SessionManager &start()
    {
        if (!store)
            store = std::make_unique<SessionStore>(dir.filePath(QStringLiteral("data/sessions.db")));
        SessionParts parts;
        parts.providers = {&provider};
        parts.findAgent = [this](const QString &id) -> Result<AgentProfile> {
            for (const AgentProfile &profile : profiles) {
                if (profile.id == id)
                    return profile;
            }
            return fail(ErrorCode::NotFound, QStringLiteral("There is no such agent."));
        };
        parts.images = &images;
        parts.openWorkspace = [this](const QString &folder, std::stop_token stop) { return openWorkspace(folder, stop); };
        parts.jobs = &jobs;
        parts.store = store.get();
        manager = std::make_unique<SessionManager>(parts);
        return *manager;
    }
    /// What a killed engine leaves is found by a new one.
    SessionManager &restart()
    {
        manager.reset();
        store.reset();
        SessionManager &fresh = start();
        QSignalSpy reconciled(&fresh, &SessionManager::reconciled);
        reconciled.wait(5000);
        return fresh;
    }
    /// Changes what is on disk while no engine runs.
    void edit(const std::function<void(SessionRecord &)> &change)
    {
        manager.reset();
        store.reset();
        SessionStore onDisk(dir.filePath(QStringLiteral("data/sessions.db")));
        std::vector<SessionRecord> records = onDisk.load().value();
        for (SessionRecord &record : records) {
            change(record);
            (void)onDisk.save(record);
        }
    }
    SessionState stateOf(const QString &idOrName) const
    {
        const Result<SessionInfo> session = manager->get(idOrName);
        return session ? session->state : SessionState::Removing;
    }
    /// A session that runs; its id.
    QString launched(const QString &name = QStringLiteral("one"), const QString &agentId = QStringLiteral("shell"))
    {
        const auto created = manager->create({.agentId = agentId, .name = name, .workspace = {}, .limits = {}, .privileges = {}, .providerId = {}, .size = {}});
        if (!created)
            return {};
        const QString id = created->session.id;
        return QTest::qWaitFor([&] { return stateOf(id) == SessionState::Running; }, 10'000) ? id : QString();
    }

    QTemporaryDir dir;
    FakeProvider provider;
    FakeImageStore images;
    JobRegistry jobs;
    std::vector<AgentProfile> profiles;
    OpenWorkspace openWorkspace;
    QByteArray tree = QByteArray(100'000, 't');
    QString notice;
    std::unique_ptr<SessionStore> store;
    std::unique_ptr<SessionManager> manager;
};

} // namespace capsule::test
