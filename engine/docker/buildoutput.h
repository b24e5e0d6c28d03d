// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>

namespace capsule::docker {

/// One line of the JSON stream that image builds, pulls and imports answer with. Empty fields were not there.
struct BuildMessage {
    QString output{};     ///< "stream", or "status" put into a readable line
    QString error{};      ///< "error" or "errorDetail.message": the build has failed
    QString imageId{};    ///< "aux.ID", or an import's bare "status": "sha256:..."
    int step = 0;       ///< "Step 3/12 : RUN ..." gives 3 and 12
    int steps = 0;
    QString layer{};      ///< pull: the layer that `done` of `total` bytes are about
    qint64 done = 0;
    qint64 total = 0;

    bool operator==(const BuildMessage &) const = default;
};

/// Takes the JSON stream apart, in any portions. A line is at most 1 MiB. Objects without a line end between them
/// are not a thing engines send; a last line without one counts.
class BuildOutputParser
{
public:
    Result<QList<BuildMessage>> feed(const QByteArray &bytes);
    Result<QList<BuildMessage>> finish();

private:
    QByteArray m_line;
};

/// One object of that stream.
Result<BuildMessage> parseBuildMessage(const QByteArray &json);

/// Adds up a pull's layers. At most 1,000 layers are counted.
class TransferSum
{
public:
    void add(const QString &layer, qint64 done, qint64 total);
    qint64 done() const;
    qint64 total() const;

private:
    QHash<QString, std::pair<qint64, qint64>> m_layers;
};

} // namespace capsule::docker
