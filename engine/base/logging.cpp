// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/logging.h"

#include "base/paths.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QMutex>

#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;

namespace capsule {

Q_LOGGING_CATEGORY(lcEngine, "capsule.engine", QtInfoMsg)
Q_LOGGING_CATEGORY(lcServer, "capsule.server", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSession, "capsule.session", QtInfoMsg)
Q_LOGGING_CATEGORY(lcTerminal, "capsule.terminal", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSandbox, "capsule.sandbox", QtInfoMsg)
Q_LOGGING_CATEGORY(lcDocker, "capsule.docker", QtInfoMsg)
Q_LOGGING_CATEGORY(lcCatalog, "capsule.catalog", QtInfoMsg)
Q_LOGGING_CATEGORY(lcClient, "capsule.client", QtInfoMsg)
Q_LOGGING_CATEGORY(lcDesktop, "capsule.desktop", QtInfoMsg)

namespace {

constexpr int keptFiles = 3;

/// The one log file of the process. Messages come from any thread.
class LogFile
{
public:
    LogFile(const QString &path, qint64 maxBytes)
        : m_path(path)
        , m_maxBytes(maxBytes)
        , m_file(path)
    {
    }

    bool open()
    {
        return m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered,
                           QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    }
    QString errorString() const { return m_file.errorString(); }

    void write(const QByteArray &line)
    {
        const QMutexLocker lock(&m_mutex);
        if (m_file.size() + line.size() > m_maxBytes)
            rotate();
        m_file.write(line);
    }

private:
    void rotate()
    {
        m_file.close();
        for (int i = keptFiles - 1; i > 0; --i) {
            const QString older = m_path + u".%1"_s.arg(i);
            QFile::remove(older);
            QFile::rename(i == 1 ? m_path : m_path + u".%1"_s.arg(i - 1), older);
        }
        open();
    }

    QMutex m_mutex;
    QString m_path;
    qint64 m_maxBytes;
    QFile m_file;
};

std::unique_ptr<LogFile> logFile;

void writeMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = qFormatLogMessage(type, context, message).toUtf8() + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
    if (logFile)
        logFile->write(line);
}

} // namespace

QString engineLogPath()
{
    return paths::stateDir() + "/engine.log"_L1;
}

Result<void> logToFile(const QString &path, qint64 maxBytes)
{
    if (auto made = paths::makePrivateDir(QFileInfo(path).path()); !made)
        return made;
    auto file = std::make_unique<LogFile>(path, maxBytes);
    if (!file->open())
        return fail(ErrorCode::PermissionDenied, u"The log file %1 could not be opened."_s.arg(path), file->errorString());
    logFile = std::move(file);
    qSetMessagePattern(u"%{time yyyy-MM-ddTHH:mm:ss.zzz} %{type} %{category}: %{message}"_s);
    qInstallMessageHandler(writeMessage);
    return {};
}

} // namespace capsule
