// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/jsonrpc.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

/// JSON with single quotes: moc loses its way in raw strings that hold odd quotes or slashes.
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

} // namespace

class TestJsonRpc : public QObject {
    Q_OBJECT
private slots:
    void requestsComeBack()
    {
        const auto message = jsonrpc::parse(jsonrpc::request(42, u"session.get"_s, {{u"id"_s, u"a"_s}}));
        const auto &request = std::get<jsonrpc::Request>(message.value());
        QCOMPARE(request.id.toInteger(), 42);
        QCOMPARE(request.method, u"session.get"_s);
        QCOMPARE(request.params, (QJsonObject{{u"id"_s, u"a"_s}}));
    }

    void notificationsHaveNoId()
    {
        const auto message = jsonrpc::parse(jsonrpc::notification(u"engine.stopping"_s, {}));
        QVERIFY(std::get<jsonrpc::Request>(message.value()).id.isUndefined());
    }

    void resultsAndErrorsComeBack()
    {
        const auto good = jsonrpc::parse(jsonrpc::response(u"seven"_s, QJsonObject{{u"x"_s, 1}}));
        QCOMPARE(std::get<jsonrpc::Response>(good.value()).id.toString(), u"seven"_s);
        QCOMPARE(std::get<jsonrpc::Response>(good.value()).result.value(), (QJsonObject{{u"x"_s, 1}}));

        const Error error{ErrorCode::Conflict, u"The session is stopped."_s, u"docker said no"_s};
        const auto bad = jsonrpc::parse(jsonrpc::response(1, std::unexpected(error)));
        QCOMPARE(std::get<jsonrpc::Response>(bad.value()).result.error(), error);
    }

    void errorsCarryNumberWordAndDetail()
    {
        const QJsonObject object = QJsonDocument::fromJson(jsonrpc::response(QJsonValue(QJsonValue::Undefined),
                                                                             fail(ErrorCode::ProtocolError, u"Bad."_s, u"why"_s)))
                                       .object();
        QVERIFY(object["id"_L1].isNull());
        QCOMPARE(object["error"_L1]["code"_L1].toInt(), -32600);
        QCOMPARE(object["error"_L1]["data"_L1]["code"_L1].toString(), u"protocolError"_s);
        QCOMPARE(object["error"_L1]["data"_L1]["detail"_L1].toString(), u"why"_s);
    }

    void unknownMethodsHaveJsonRpcsOwnNumber()
    {
        const QJsonObject object =
            QJsonDocument::fromJson(jsonrpc::response(1, std::unexpected(jsonrpc::methodNotFound(u"a.b"_s)))).object();
        QCOMPARE(object["error"_L1]["code"_L1].toInt(), -32601);
    }

    void malformedMessagesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("hello");
        QTest::newRow("cut off") << json("{'jsonrpc':'2.0','id':1,'method':'a");
        QTest::newRow("NUL") << QByteArray("\0{}", 3);
        QTest::newRow("bad UTF-8") << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}");
        QTest::newRow("number") << QByteArray("1");
        QTest::newRow("batch") << json("[{'jsonrpc':'2.0','id':1,'method':'a'}]");
        QTest::newRow("empty batch") << QByteArray("[]");
        QTest::newRow("no version") << json("{'id':1,'method':'a'}");
        QTest::newRow("version 1.0") << json("{'jsonrpc':'1.0','id':1,'method':'a'}");
        QTest::newRow("version as number") << json("{'jsonrpc':2.0,'id':1,'method':'a'}");
        QTest::newRow("method as number") << json("{'jsonrpc':'2.0','id':1,'method':7}");
        QTest::newRow("positional params") << json("{'jsonrpc':'2.0','id':1,'method':'a','params':[1]}");
        QTest::newRow("null params") << json("{'jsonrpc':'2.0','id':1,'method':'a','params':null}");
        QTest::newRow("null id") << json("{'jsonrpc':'2.0','id':null,'method':'a'}");
        QTest::newRow("fractional id") << json("{'jsonrpc':'2.0','id':1.5,'method':'a'}");
        QTest::newRow("object id") << json("{'jsonrpc':'2.0','id':{},'method':'a'}");
        QTest::newRow("long id") << json("{'jsonrpc':'2.0','id':'") + QByteArray(65, 'x') + json("','method':'a'}");
        QTest::newRow("response without id") << json("{'jsonrpc':'2.0','result':{}}");
        QTest::newRow("nothing at all") << json("{'jsonrpc':'2.0','id':1}");
        QTest::newRow("deep objects") << json("{'jsonrpc':'2.0','id':1,'method':'a','params':") + json("{'a':").repeated(10'000) + "1"
                + QByteArray("}").repeated(10'000) + "}";
        QTest::newRow("65 levels") << json("{'jsonrpc':'2.0','id':1,'method':'a','params':{'a':") + QByteArray("[").repeated(63)
                + QByteArray("]").repeated(63) + "}}";
    }

    void malformedMessagesAreRefused()
    {
        QFETCH(const QByteArray, text);
        const auto message = jsonrpc::parse(text);
        QVERIFY(!message.has_value());
        QCOMPARE(message.error().code, ErrorCode::ProtocolError);
        QVERIFY(!message.error().message.isEmpty());
    }

    void depthAndSizeAreAcceptedUpToTheirLimits()
    {
        const QByteArray deep = json("{'jsonrpc':'2.0','id':1,'method':'a','params':{'a':") + QByteArray("[").repeated(62)
            + QByteArray("]").repeated(62) + "}}";
        QVERIFY(jsonrpc::parse(deep).has_value());
        // Brackets in strings do not count.
        QVERIFY(jsonrpc::parse(json("{'jsonrpc':'2.0','id':1,'method':'a','params':{'a':'\\'") + QByteArray("[").repeated(100) + "\"}}")
                    .has_value());

        const QByteArray frame = json("{'jsonrpc':'2.0','id':1,'method':'a','params':{'a':''}}");
        QByteArray large = frame;
        large.insert(frame.size() - 3, QByteArray(jsonrpc::maxMessageBytes - frame.size(), 'x'));
        QVERIFY(jsonrpc::parse(large).has_value());
        large.insert(frame.size() - 3, 'x');
        QCOMPARE(jsonrpc::parse(large).error().code, ErrorCode::TooLarge);
    }

    void parsingDamagedTextNeverCrashes()
    {
        const QByteArray whole = jsonrpc::request(1, u"session.create"_s, {{u"a"_s, QJsonArray{1, u"\u2603"_s, QJsonValue::Null}}});
        for (qsizetype cut = 0; cut < whole.size(); ++cut)
            QVERIFY(!jsonrpc::parse(whole.first(cut)).has_value());
        for (qsizetype at = 0; at < whole.size(); ++at) {
            for (const char c : {'\0', '"', '{', '\\', '\xff'}) {
                QByteArray damaged = whole;
                damaged[at] = c;
                (void)jsonrpc::parse(damaged); // may be a message still; the sanitizer build watches
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestJsonRpc)
#include "tst_jsonrpc.moc"
