// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/sessionlookup.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule::cli {

Result<SessionInfo> lookUp(const std::vector<SessionInfo> &sessions, const QString &text)
{
    for (const auto member : {&SessionInfo::name, &SessionInfo::id}) {
        if (const auto it = std::ranges::find(sessions, text, member); it != sessions.end())
            return *it;
    }
    std::vector<SessionInfo> found;
    if (!text.isEmpty())
        std::ranges::copy_if(sessions, std::back_inserter(found), [&](const SessionInfo &session) { return session.id.startsWith(text); });
    if (found.size() == 1)
        return found.front();
    if (found.empty())
        return fail(ErrorCode::NotFound, u"There is no session \"%1\"; \"capsule ls\" lists them."_s.arg(text));
    QStringList candidates;
    for (const SessionInfo &session : found)
        candidates << u"%1 (%2)"_s.arg(session.id, session.name);
    return fail(ErrorCode::Conflict, u"\"%1\" fits several sessions: %2."_s.arg(text, candidates.join(u", "_s)));
}

} // namespace capsule::cli
