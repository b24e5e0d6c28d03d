// SPDX-License-Identifier: GPL-3.0-or-later
#include "driver.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QRegularExpression>

#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::bench {

double msSince(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

bool endsWithPrompt(const QByteArray &output)
{
    static const QRegularExpression escapes(u"\u001b(\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001b]*(\u0007|\u001b\\\\)|[()][A-Z0-9]|[=>])"_s);
    QString text = QString::fromUtf8(output.last(qMin<qsizetype>(output.size(), 512)));
    text.remove(escapes);
    return text.endsWith("$ "_L1) || text.endsWith("# "_L1);
}

Driver::Driver(QObject *parent)
    : QObject(parent)
    , m_input(STDIN_FILENO, QSocketNotifier::Read)
{
    connect(&m_input, &QSocketNotifier::activated, this, &Driver::readCommand);
    connect(&m_client, &EngineClient::connected, this, [this] { answer({{u"connected"_s, true}}); });
    connect(&m_client, &EngineClient::sessionChanged, this, &Driver::watchLaunch);
    m_client.connectToEngine();
}

void Driver::readCommand()
{
    char bytes[4096];
    const ssize_t size = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (size <= 0) {
        QCoreApplication::quit();
        return;
    }
    m_pending.append(bytes, size);
    const qsizetype end = m_pending.indexOf('\n');
    if (end < 0 || m_busy)
        return;
    const QString line = QString::fromUtf8(m_pending.first(end));
    m_pending.remove(0, end + 1);
    m_busy = true;
    run(line.split(u' ', Qt::SkipEmptyParts));
}

void Driver::run(const QStringList &words)
{
    const QString verb = words.value(0);
    m_timer.start();
    if (verb == "create"_L1)
        create(words.value(1), words.value(2));
    else if (verb == "exec"_L1)
        exec(words.value(1), words.mid(2));
    else if (verb == "echo-open"_L1)
        openEcho(words.value(1));
    else if (verb == "echo"_L1)
        echo();
    else if (verb == "remove"_L1)
        remove(words.value(1));
    else
        answerError({ErrorCode::InvalidArgument, u"unknown command"_s, {}});
}

void Driver::create(const QString &agent, const QString &name)
{
    api::SessionCreateParams params;
    params.agentId = agent;
    params.name = name;
    m_client.call<api::SessionCreate>(params).then(this, [this](const Result<api::SessionCreateResult> &result) {
        if (!result)
            return answerError(result.error());
        m_launching = result->session.id;
        watchLaunch(result->session);
    });
}

void Driver::watchLaunch(const SessionInfo &session)
{
    if (session.id != m_launching || m_launching.isEmpty())
        return;
    if (session.state == SessionState::Failed) {
        m_launching.clear();
        return answerError({ErrorCode::Internal, session.message, session.detail});
    }
    if (session.state != SessionState::Running || session.terminals.empty())
        return;
    m_launching.clear();
    api::TerminalAttachParams params;
    params.terminalId = session.terminals.front().id;
    m_output.clear();
    m_stream = m_client.attachTerminal(params);
    connect(m_stream.get(), &ByteStream::output, this, [this, session](const QByteArray &bytes) {
        m_stream->consumed(bytes.size());
        m_output += bytes;
        if (!endsWithPrompt(m_output) || !m_busy)
            return;
        const double ms = msSince(m_timer);
        m_stream.release()->deleteLater();
        answer({{u"ms"_s, ms},
                {u"id"_s, session.id},
                {u"image"_s, session.image},
                {u"sandbox"_s, session.sandboxId},
                {u"terminal"_s, session.terminals.front().id}});
    });
}

void Driver::exec(const QString &session, const QStringList &argv)
{
    api::ExecParams params;
    params.sessionId = session;
    params.argv = argv;
    m_stream = m_client.startExec(params);
    connect(m_stream.get(), &ByteStream::output, this, [this](const QByteArray &bytes) { m_stream->consumed(bytes.size()); });
    connect(m_stream.get(), &ByteStream::closed, this, [this](const api::ChannelClosedParams &how) {
        const double ms = msSince(m_timer);
        m_stream.release()->deleteLater();
        if (how.error)
            return answerError({how.error->code, how.error->message, how.error->detail});
        answer({{u"ms"_s, ms}, {u"exitCode"_s, how.exitCode.value_or(-1)}});
    });
}

void Driver::openEcho(const QString &session)
{
    api::TerminalOpenParams params;
    params.sessionId = session;
    params.argv = {u"sh"_s, u"-c"_s, u"cat >/dev/null"_s};
    m_client.call<api::TerminalOpen>(params).then(this, [this](const Result<api::Terminal> &opened) {
        if (!opened)
            return answerError(opened.error());
        api::TerminalAttachParams attach;
        attach.terminalId = opened->terminal.id;
        m_echoStream = m_client.attachTerminal(attach);
        connect(m_echoStream.get(), &ByteStream::output, this, [this](const QByteArray &bytes) {
            m_echoStream->consumed(bytes.size());
            if (m_busy && bytes.contains('x'))
                answer({{u"ms"_s, msSince(m_timer)}});
        });
        connect(m_echoStream.get(), &ByteStream::opened, this, [this, id = opened->terminal.id] { answer({{u"terminal"_s, id}}); });
    });
}

void Driver::echo()
{
    if (!m_echoStream)
        return answerError({ErrorCode::Conflict, u"echo-open comes first"_s, {}});
    // A terminal's line holds 4,095 characters.
    if (++m_echoes % 500 == 0)
        m_echoStream->write("\n");
    m_timer.start();
    m_echoStream->write("x");
}

void Driver::remove(const QString &session)
{
    m_client.call<api::SessionRemove>({session}).then(this, [this](const Result<api::Nothing> &removed) {
        if (!removed)
            return answerError(removed.error());
        answer({{u"ms"_s, msSince(m_timer)}});
    });
}

void Driver::answer(const QJsonObject &object)
{
    m_busy = false;
    std::puts(QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

void Driver::answerError(const Error &error)
{
    answer({{u"error"_s, error.message + (error.detail.isEmpty() ? QString() : u" ("_s + error.detail + u')')}});
}

} // namespace capsule::bench
