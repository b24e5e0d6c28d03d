// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/gate.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

const QByteArray token = "c2VjcmV0LXRva2Vu";
const House house{4000, token, false};

Knock goodKnock()
{
    return {u"/ws"_s, true, {"127.0.0.1:4000"}, {}, {"Bearer " + token}};
}

} // namespace

class TestGate : public QObject {
    Q_OBJECT
private slots:
    void whoKnowsTheTokenComesIn() { QVERIFY(!refusalOf(goodKnock(), house)); }

    void everyNameOfTheLoopbackIsOurs_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("address") << QByteArray("127.0.0.1:4000");
        QTest::newRow("name") << QByteArray("localhost:4000");
        QTest::newRow("IPv6") << QByteArray("[::1]:4000");
        QTest::newRow("capitals") << QByteArray("LOCALHOST:4000");
    }

    void everyNameOfTheLoopbackIsOurs()
    {
        QFETCH(const QByteArray, host);
        Knock knock = goodKnock();
        knock.hosts = {host};
        QVERIFY(!refusalOf(knock, house));
    }

    void othersAreRefused_data()
    {
        QTest::addColumn<QList<QByteArray>>("hosts");
        QTest::addColumn<QList<QByteArray>>("origins");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QList<QByteArray>>("authorizations");
        QTest::addColumn<int>("status");

        using List = QList<QByteArray>;
        const List here{"127.0.0.1:4000"};
        const List bearer{"Bearer " + token};
        const auto row = [&](const char *name, const List &hosts, const List &origins, const QString &path, const List &authorizations,
                             int status) { QTest::newRow(name) << hosts << origins << path << authorizations << status; };
        row("no Host", {}, {}, u"/ws"_s, bearer, 403);
        row("two Hosts", {"127.0.0.1:4000", "127.0.0.1:4000"}, {}, u"/ws"_s, bearer, 403);
        row("rebound name", {"evil.example:4000"}, {}, u"/ws"_s, bearer, 403);
        row("name that begins like ours", {"127.0.0.1.evil.example:4000"}, {}, u"/ws"_s, bearer, 403);
        row("other port", {"127.0.0.1:4001"}, {}, u"/ws"_s, bearer, 403);
        row("no port", {"127.0.0.1"}, {}, u"/ws"_s, bearer, 403);
        row("any address", {"0.0.0.0:4000"}, {}, u"/ws"_s, bearer, 403);
        row("number for an address", {"2130706433:4000"}, {}, u"/ws"_s, bearer, 403);
        row("user part", {"x@127.0.0.1:4000"}, {}, u"/ws"_s, bearer, 403);
        row("web page", here, {"https://evil.example"}, u"/ws"_s, bearer, 403);
        row("page of this machine", here, {"http://127.0.0.1:4000"}, u"/ws"_s, bearer, 403);
        row("page of another local port", here, {"http://localhost:8080"}, u"/ws"_s, bearer, 403);
        row("file page", here, {"null"}, u"/ws"_s, bearer, 403);
        row("file URL", here, {"file://"}, u"/ws"_s, bearer, 403);
        row("empty Origin", here, {""}, u"/ws"_s, bearer, 403);
        row("other path", here, {}, u"/"_s, bearer, 404);
        row("path below", here, {}, u"/ws/x"_s, bearer, 404);
        row("health as a WebSocket", here, {}, u"/health"_s, bearer, 404);
        row("no token", here, {}, u"/ws"_s, {}, 401);
        row("wrong token", here, {}, u"/ws"_s, {"Bearer " + token + "x"}, 401);
        row("shorter token", here, {}, u"/ws"_s, {"Bearer " + token.chopped(1)}, 401);
        row("empty token", here, {}, u"/ws"_s, {"Bearer "}, 401);
        row("other scheme", here, {}, u"/ws"_s, {"Basic " + token}, 401);
        row("bare token", here, {}, u"/ws"_s, {token}, 401);
        row("two tokens", here, {}, u"/ws"_s, {"Bearer " + token, "Bearer " + token}, 401);
    }

    void othersAreRefused()
    {
        QFETCH(const QList<QByteArray>, hosts);
        QFETCH(const QList<QByteArray>, origins);
        QFETCH(const QString, path);
        QFETCH(const QList<QByteArray>, authorizations);
        QFETCH(const int, status);
        const auto refusal = refusalOf({path, true, hosts, origins, authorizations}, house);
        QVERIFY(refusal);
        QCOMPARE(refusal->httpStatus, status);
        QCOMPARE(refusal->wrongToken, status == 401);
        QVERIFY(!refusal->error.message.isEmpty());
        QVERIFY(!refusal->error.message.contains(QString::fromLatin1(token)));
    }

    void healthIsForEverybodyOnTheMachineButNoWebPage()
    {
        Knock knock{u"/health"_s, false, {"localhost:4000"}, {}, {}};
        QVERIFY(!refusalOf(knock, house));
        knock.origins = {"https://evil.example"};
        QVERIFY(refusalOf(knock, house));
        knock.origins = {};
        knock.hosts = {"evil.example:4000"};
        QVERIFY(refusalOf(knock, house));
    }

    void aPlainRequestToTheSocketIsToldToUpgrade()
    {
        Knock knock = goodKnock();
        knock.isUpgrade = false;
        QCOMPARE(refusalOf(knock, house)->httpStatus, 426);
    }

    void aFullHouseSaysSoToWhoKnowsTheTokenOnly()
    {
        const House full{4000, token, true};
        QCOMPARE(refusalOf(goodKnock(), full)->httpStatus, 503);
        Knock stranger = goodKnock();
        stranger.authorizations = {};
        QCOMPARE(refusalOf(stranger, full)->httpStatus, 401);
    }

    void anEmptyTokenLetsNobodyIn()
    {
        Knock knock = goodKnock();
        knock.authorizations = {"Bearer "};
        QVERIFY(refusalOf(knock, House{4000, {}, false}));
        QVERIFY(!isSameSecret({}, {}));
    }

    void tokensAreLongAndNeverTheSame()
    {
        QSet<QByteArray> seen;
        for (int i = 0; i < 100; ++i) {
            const QByteArray made = makeToken();
            QCOMPARE(made.size(), 43); // 32 bytes as base64 without padding
            QCOMPARE(QByteArray::fromBase64(made, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors).size(), 32);
            seen << made;
        }
        QCOMPARE(seen.size(), 100);
    }
};

QTEST_GUILESS_MAIN(TestGate)
#include "tst_gate.moc"
