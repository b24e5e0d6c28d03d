// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "docker/buildoutput.h"
#include "docker/httpstream.h"

namespace capsule::docker {

/// A running image build, import or pull. finished() comes exactly once, also after cancel(); nothing follows it.
/// Deleting the stream cancels without a word. A build that is cancelled ends on the engine's side too.
class ImageStream : public QObject
{
    Q_OBJECT

public:
    ImageStream(Client &client, StreamRequest request, const QString &reference, QObject *parent);

    void sendFrom(QIODevice *source);
    void send(const QByteArray &body);
    void cancel();

signals:
    void output(const QString &text);          ///< the builder's own words, line ends included
    void step(int current, int total);         ///< "Step 3/12"
    void transfer(qint64 done, qint64 total);  ///< pull: bytes of all layers that are known
    void sent(qint64 bytes);                   ///< of the build context or the import
    void finished(const capsule::Result<QString> &imageId); ///< "sha256:..."; a pull: the reference; error detail: the last output

private:
    void take(const QByteArray &data);
    void handle(const BuildMessage &message);
    void end(Result<QString> result);

    HttpStream *m_stream;
    BuildOutputParser m_parser;
    TransferSum m_transfer;
    QString m_reference;
    QString m_imageId;
    QString m_tail; ///< last 4 KiB of output, for the error's detail
    bool m_ended = false;
};

} // namespace capsule::docker
