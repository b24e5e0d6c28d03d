// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/container/containersnapshot.h"

#include "docker/containers.h"
#include "docker/images.h"
#include "sandbox/container/containererrors.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

/// As a Dockerfile instruction takes it: in double quotes, with its special characters escaped.
QString quoted(QString text)
{
    text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'$', u"\\$"_s).replace(u'\n', u' ');
    return u'"' + text + u'"';
}

QString jsonList(const QJsonValue &value)
{
    return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
}

QHash<QString, QString> environmentOf(const QJsonObject &config)
{
    QHash<QString, QString> environment;
    for (const QJsonValue entry : config.value("Env"_L1).toArray())
        environment.insert(entry.toString().section(u'=', 0, 0), entry.toString().section(u'=', 1));
    return environment;
}

} // namespace

QStringList scrubbingChanges(const QJsonObject &containerConfig, const QJsonObject &imageConfig)
{
    QStringList changes;
    const QHash<QString, QString> before = environmentOf(imageConfig);
    const QHash<QString, QString> now = environmentOf(containerConfig);
    for (const auto &[name, value] : now.asKeyValueRange()) {
        if (before.value(name) != value)
            changes.append(u"ENV %1=%2"_s.arg(name, quoted(before.value(name))));
    }
    const QJsonObject labelsBefore = imageConfig.value("Labels"_L1).toObject();
    const QJsonObject labels = containerConfig.value("Labels"_L1).toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it) {
        if (labelsBefore.value(it.key()) != it.value())
            changes.append(u"LABEL %1=%2"_s.arg(quoted(it.key()), quoted(labelsBefore.value(it.key()).toString())));
    }
    changes.sort();
    changes.append(u"ENTRYPOINT "_s + jsonList(imageConfig.value("Entrypoint"_L1)));
    changes.append(u"CMD "_s + jsonList(imageConfig.value("Cmd"_L1)));
    return changes;
}

Async<QString> snapshotContainer(const std::shared_ptr<docker::Client> &client, const QString &container, const QString &imageName, bool pause)
{
    const auto answer = std::make_shared<Answer<QString>>();
    const auto failed = [answer](const Error &error) { answer->resolve(std::unexpected(sandboxError(error, u"make a snapshot of the sandbox"_s))); };
    docker::inspectContainer(*client, container).then(client.get(), [=](const Result<QJsonObject> &inspected) {
        if (!inspected)
            return failed(inspected.error());
        const QJsonObject config = inspected->value("Config"_L1).toObject();
        docker::inspectImage(*client, inspected->value("Image"_L1).toString()).then(client.get(), [=](const Result<QJsonObject> &image) {
            if (!image)
                return failed(image.error());
            const qsizetype colon = imageName.indexOf(u':', imageName.lastIndexOf(u'/') + 1);
            const docker::CommitOptions options{.repository = colon < 0 ? imageName : imageName.first(colon),
                                                .tag = colon < 0 ? u"latest"_s : imageName.sliced(colon + 1),
                                                .comment = u"Snapshot of a Capsule sandbox"_s,
                                                .changes = scrubbingChanges(config, image->value("Config"_L1).toObject()),
                                                .pause = pause};
            docker::commitContainer(*client, container, options).then(client.get(), [=](const Result<QString> &committed) {
                if (!committed)
                    return failed(committed.error());
                answer->resolve(imageName);
            });
        });
    });
    return answer->future();
}

} // namespace capsule
