// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/methods.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

const QString dataDir = QStringLiteral(CAPSULE_TEST_DATA "/protocol");

QJsonObject read(const QString &name)
{
    QFile file(dataDir + u'/' + name + ".json"_L1);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

QByteArray text(const QJsonObject &object)
{
    return QJsonDocument(object).toJson();
}

/// Through the struct and back, nothing lost, nothing added.
template<class T>
void compareRoundTrip(const QJsonValue &sample)
{
    QVERIFY(sample.isObject());
    const auto value = wire::fromJson<T>(sample.toObject());
    QVERIFY2(value.has_value(), value ? "" : qPrintable(value.error().message));
    QCOMPARE(text(wire::toJson(*value)), text(sample.toObject()));
    QCOMPARE(*wire::fromJson<T>(wire::toJson(*value)), *value);
}

template<class Use>
void forEachMethod(Use use)
{
    [&]<class... Methods>(std::type_identity<std::tuple<Methods...>>) {
        (use(std::type_identity<Methods>{}), ...);
    }(std::type_identity<api::All>{});
}

template<class Use>
void forEachNotification(Use use)
{
    [&]<class... Names>(std::type_identity<std::tuple<Names...>>) {
        (use(std::type_identity<Names>{}), ...);
    }(std::type_identity<api::AllNotifications>{});
}

} // namespace

class TestSamples : public QObject {
    Q_OBJECT
private slots:
    void everyMethodHasASample()
    {
        forEachMethod([]<class M>(std::type_identity<M>) {
            const QJsonObject sample = read(QLatin1String(M::name));
            QVERIFY2(!sample.isEmpty(), M::name);
            compareRoundTrip<typename M::Params>(sample["params"_L1]);
            compareRoundTrip<typename M::Result>(sample["result"_L1]);
            if (QTest::currentTestFailed())
                qWarning("in the sample of %s", M::name);
        });
    }

    void errorsAreKnownWords()
    {
        forEachMethod([]<class M>(std::type_identity<M>) {
            const QJsonObject sample = read(QLatin1String(M::name));
            QVERIFY2(sample["errors"_L1].isArray(), M::name);
            for (const auto errors = sample["errors"_L1].toArray(); const QJsonValue &word : errors)
                QVERIFY2(wire::enumFromString<ErrorCode>(word.toString()), qPrintable(word.toString()));
        });
    }

    void everyNotificationHasASample()
    {
        forEachNotification([]<class N>(std::type_identity<N>) {
            const QJsonObject sample = read("notification/"_L1 + QLatin1String(N::name));
            QVERIFY2(!sample.isEmpty(), N::name);
            compareRoundTrip<typename N::Params>(sample["params"_L1]);
            if (QTest::currentTestFailed())
                qWarning("in the sample of %s", N::name);
        });
    }

    void noSampleIsLeftOver()
    {
        QStringList expected;
        forEachMethod([&]<class M>(std::type_identity<M>) { expected << QLatin1String(M::name) + ".json"_L1; });
        expected.sort();
        QCOMPARE(QDir(dataDir).entryList(QDir::Files, QDir::Name), expected);

        expected.clear();
        forEachNotification([&]<class N>(std::type_identity<N>) { expected << QLatin1String(N::name) + ".json"_L1; });
        expected.sort();
        QCOMPARE(QDir(dataDir + "/notification"_L1).entryList(QDir::Files, QDir::Name), expected);
    }

    void namesAreUnique()
    {
        QStringList names;
        forEachMethod([&]<class M>(std::type_identity<M>) { names << QLatin1String(M::name); });
        forEachNotification([&]<class N>(std::type_identity<N>) { names << QLatin1String(N::name); });
        QCOMPARE(names.removeDuplicates(), 0);
    }
};

QTEST_GUILESS_MAIN(TestSamples)
#include "tst_samples.moc"
