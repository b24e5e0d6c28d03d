// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

/// The walls of the house: which room may include which (DESIGN: arrows run one way). Link lines keep
/// functions apart; this keeps header-only use apart too.
class ArchitectureTest : public QObject
{
    Q_OBJECT

private slots:
    void includesFollowTheArrows_data();
    void includesFollowTheArrows();
    void everyRoomHasAnEntry();
    void sourcesCarryTheirLicence();
    void foldersSayWhatTheyAre();

private:
    static const QMap<QString, QSet<QString>> &allowed();
    static QStringList sources(const QString &folder);
    static QString read(const QString &path);
};

const QMap<QString, QSet<QString>> &ArchitectureTest::allowed()
{
    static const QMap<QString, QSet<QString>> arrows{
        {u"engine/base"_s, {}},
        {u"engine/protocol"_s, {u"base"_s}},
        {u"engine/client"_s, {u"base"_s, u"protocol"_s}},
        {u"engine/docker"_s, {u"base"_s}},
        {u"engine/sandbox"_s, {u"base"_s, u"protocol"_s, u"docker"_s}},
        {u"engine/workspace"_s, {u"base"_s, u"protocol"_s, u"sandbox"_s}},
        {u"engine/catalog"_s, {u"base"_s, u"protocol"_s, u"docker"_s}},
        {u"engine/session"_s, {u"base"_s, u"protocol"_s, u"sandbox"_s, u"catalog"_s, u"workspace"_s}},
        {u"engine/server"_s, {u"base"_s, u"protocol"_s, u"docker"_s, u"sandbox"_s, u"catalog"_s, u"workspace"_s, u"session"_s}},
        {u"app/cli"_s, {u"base"_s, u"protocol"_s, u"client"_s}},
        {u"app/desktop"_s, {u"base"_s, u"protocol"_s, u"client"_s}},
    };
    return arrows;
}

QStringList ArchitectureTest::sources(const QString &folder)
{
    QStringList found;
    QDirIterator files(QStringLiteral(CAPSULE_SOURCE_DIR "/") + folder, {u"*.cpp"_s, u"*.h"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext())
        found << files.next();
    return found;
}

QString ArchitectureTest::read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void ArchitectureTest::includesFollowTheArrows_data()
{
    QTest::addColumn<QString>("room");
    for (auto it = allowed().keyBegin(); it != allowed().keyEnd(); ++it)
        QTest::newRow(qPrintable(*it)) << *it;
}

void ArchitectureTest::includesFollowTheArrows()
{
    QFETCH(QString, room);
    static const QRegularExpression include(u"^#include \"([a-z]+)/"_s, QRegularExpression::MultilineOption);
    const QString self = room.section(u'/', 1);
    const QStringList files = sources(room);
    QVERIFY2(!files.isEmpty(), "the room has no sources");
    QStringList wrong;
    for (const QString &file : files) {
        for (auto match = include.globalMatch(read(file)); match.hasNext();) {
            const QString target = match.next().captured(1);
            if (target != self && !allowed().value(room).contains(target))
                wrong << u"%1 includes %2/"_s.arg(file, target);
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void ArchitectureTest::everyRoomHasAnEntry()
{
    for (const auto &top : {u"engine"_s, u"app"_s}) {
        const auto folders = QDir(QStringLiteral(CAPSULE_SOURCE_DIR "/") + top).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QVERIFY(!folders.isEmpty());
        for (const QString &folder : folders)
            QVERIFY2(allowed().contains(top + u'/' + folder), qPrintable(u"say what %1/%2 may include"_s.arg(top, folder)));
    }
}

void ArchitectureTest::sourcesCarryTheirLicence()
{
    QStringList without;
    for (const auto &folder : {u"engine"_s, u"app"_s, u"tests"_s}) {
        for (const QString &file : sources(folder)) {
            if (!read(file).startsWith(u"// SPDX-License-Identifier: GPL-3.0-or-later\n"_s))
                without << file;
        }
    }
    QVERIFY2(without.isEmpty(), qPrintable(without.join(u'\n')));
}

void ArchitectureTest::foldersSayWhatTheyAre()
{
    for (const auto &folder : {u"app"_s, u"engine"_s, u"resources"_s, u"docker"_s, u"agents"_s, u"tests"_s, u"packaging"_s})
        QVERIFY2(QFile::exists(QStringLiteral(CAPSULE_SOURCE_DIR "/%1/README.md").arg(folder)), qPrintable(folder));
}

QTEST_GUILESS_MAIN(ArchitectureTest)
#include "tst_architecture.moc"
