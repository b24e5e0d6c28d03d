// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/output.h"

#include "cli/rawterminal.h"
#include "cli/text.h"
#include "protocol/errorcodes.h"

#include <QJsonDocument>

#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace capsule::cli {

namespace {

bool wantsColors()
{
    return isTerminal(STDOUT_FILENO) && qEnvironmentVariableIsEmpty("NO_COLOR") && qEnvironmentVariable("TERM") != "dumb"_L1;
}

} // namespace

void writeOut(const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stdout);
    std::fflush(stdout);
}

void writeErr(const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
    std::fflush(stderr);
}

Output::Output(bool json)
    : m_json(json)
    , m_colors(wantsColors())
{
}

void Output::text(const QString &text) const
{
    if (!m_json)
        writeOut(text.toLocal8Bit());
}

void Output::json(const QJsonObject &object) const
{
    if (m_json)
        writeOut(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

void Output::note(const QString &sentence) const
{
    if (!m_json)
        writeErr(printable(sentence).toLocal8Bit() + '\n');
}

void Output::error(const Error &error) const
{
    if (m_json) {
        writeErr(QJsonDocument(QJsonObject{{u"error"_s, wire::toJson(ErrorInfo::of(error))}}).toJson(QJsonDocument::Indented));
        return;
    }
    QString text = "capsule: "_L1 + printable(error.message, Lines::Keep) + u'\n';
    const QString detail = printable(error.detail, Lines::Keep).trimmed();
    if (!detail.isEmpty())
        text += "  "_L1 + QString(detail).replace("\n"_L1, "\n  "_L1) + u'\n';
    writeErr(text.toLocal8Bit());
}

void Output::usage(const QString &message, const QString &hint) const
{
    if (m_json)
        return error({ErrorCode::InvalidArgument, message, {}});
    writeErr(("capsule: "_L1 + printable(message) + u'\n' + hint + u'\n').toLocal8Bit());
}

} // namespace capsule::cli
