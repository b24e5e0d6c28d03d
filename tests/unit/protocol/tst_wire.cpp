// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/methods.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace capsule;

namespace {

struct Everything {
    QString text;
    bool flag = false;
    int number = 7;
    qint64 big = 0;
    double ratio = 0;
    QByteArray bytes;
    QDateTime time;
    QStringList words;
    std::optional<int> maybe;
    std::vector<TerminalSize> sizes;
    QJsonObject any;
    SessionState state = SessionState::Stopped;
    TerminalSize needed;

    bool operator==(const Everything &) const = default;
    static constexpr auto wireFields()
    {
        using E = Everything;
        return std::tuple{wire::field("text", &E::text),       wire::field("flag", &E::flag),   wire::field("number", &E::number),
                          wire::field("big", &E::big),         wire::field("ratio", &E::ratio), wire::field("bytes", &E::bytes),
                          wire::field("time", &E::time),       wire::field("words", &E::words), wire::field("maybe", &E::maybe),
                          wire::field("sizes", &E::sizes),     wire::field("any", &E::any),     wire::field("state", &E::state),
                          wire::required("needed", &E::needed)};
    }
};

QJsonObject object(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace

class TestWire : public QObject {
    Q_OBJECT
private slots:
    void everyKindOfMemberComesBack()
    {
        Everything value;
        value.text = u"snow \u2603 \"quoted\""_s;
        value.flag = true;
        value.number = -2147483647;
        value.big = 9007199254740991;
        value.ratio = 0.1;
        value.bytes = QByteArray("\0\xff\n", 3);
        value.time = QDateTime(QDate(2026, 2, 3), QTime(4, 5, 6, 789), QTimeZone::UTC);
        value.words = {u"a"_s, u""_s};
        value.maybe = 0;
        value.sizes = {{100, 30}, {}};
        value.any = {{u"x"_s, 1}};
        value.state = SessionState::Interrupted;
        // Over the wire, as text.
        const QByteArray text = QJsonDocument(wire::toJson(value)).toJson();
        QCOMPARE(wire::fromJson<Everything>(object(text)).value(), value);
    }

    void missingMembersKeepTheirDefaultsAndUnknownOnesAreIgnored()
    {
        const auto value = wire::fromJson<Everything>(object(R"({"needed":{},"fromTheFuture":[1,{"a":2}]})"));
        QVERIFY(value.has_value());
        QCOMPARE(*value, Everything{});
    }

    void wrongMembersAreNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, QByteArray member, const QString &message) {
            QTest::newRow(name) << QByteArray(R"({"needed":{},)" + member + "}") << message;
        };
        QTest::newRow("missing") << QByteArray("{}") << u"\"needed\" is missing."_s;
        QTest::newRow("nested") << QByteArray(R"({"needed":{"columns":"x"}})") << u"\"needed.columns\" must be a whole number."_s;
        row("in a list", R"("sizes":[{},{"rows":1.5}])", u"\"sizes[1].rows\" must be a whole number."_s);
        row("not a list", R"("sizes":{})", u"\"sizes\" must be a list."_s);
        row("null text", R"("text":null)", u"\"text\" must be a string."_s);
        row("number for text", R"("text":1)", u"\"text\" must be a string."_s);
        row("text for flag", R"("flag":"true")", u"\"flag\" must be true or false."_s);
        row("more than 32 bits", R"("number":2147483648)", u"\"number\" must be a number of 32 bits."_s);
        row("inexact", R"("big":1e300)", u"\"big\" must be a whole number."_s);
        row("text for ratio", R"("ratio":"1")", u"\"ratio\" must be a number."_s);
        row("not base64", R"("bytes":"!")", u"\"bytes\" must be a base64 string."_s);
        row("no time", R"("time":"yesterday")", u"\"time\" must be a time like 2026-01-31T12:00:00.000Z."_s);
        row("mixed words", R"("words":["a",1])", u"\"words\" must be a list of strings."_s);
        row("no object", R"("any":[])", u"\"any\" must be an object."_s);
        row("unknown word", R"("state":"sleeping")",
            u"\"state\" must be one of creating, running, starting, stopping, stopped, interrupted, failed, removing."_s);
    }

    void wrongMembersAreNamed()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QString, message);
        const auto value = wire::fromJson<Everything>(object(json));
        QVERIFY(!value.has_value());
        QCOMPARE(value.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(value.error().message, message);
    }

    void everyErrorCodeHasOneWordOneNumberOneStatus()
    {
        QCOMPARE(errorMappings.size(), wire::enumNames<ErrorCode>.size());
        QList<int> numbers;
        for (const auto &entry : wire::enumNames<ErrorCode>) {
            const ErrorMapping &mapping = mappingOf(entry.value);
            QCOMPARE(mapping.code, entry.value);
            QVERIFY2(!numbers.contains(mapping.jsonRpc), entry.name);
            QVERIFY2(mapping.http >= 400 && mapping.http < 600, entry.name);
            numbers << mapping.jsonRpc;
        }
    }
};

QTEST_GUILESS_MAIN(TestWire)
#include "tst_wire.moc"
