// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/foldersource.h"

#include "support/await.h"
#include "support/foldertree.h"

#include <QSignalSpy>
#include <QTest>

#include <archive.h>
#include <archive_entry.h>

using namespace Qt::StringLiterals;
using namespace capsule;
using test::FolderTree;

/// A folder becomes a tar stream that holds what it should and nothing else.
class TestFolderSource : public QObject
{
    Q_OBJECT

    struct Entry {
        char type = 0; ///< f, d, l
        int mode = 0;
        qint64 owner = 0;
        QByteArray content; ///< or a link's target
    };

    static QByteArray readAll(FolderSource &source)
    {
        QByteArray bytes;
        bool over = false;
        connect(&source, &QIODevice::readChannelFinished, &source, [&over] { over = true; });
        connect(&source, &QIODevice::readyRead, &source, [&bytes, &source] { bytes += source.readAll(); });
        if (!source.open(QIODevice::ReadOnly))
            return {};
        [&] { QTRY_VERIFY_WITH_TIMEOUT(over && source.atEnd(), 30'000); }();
        return bytes;
    }

    static QMap<QByteArray, Entry> unpacked(const QByteArray &tar)
    {
        QMap<QByteArray, Entry> entries;
        archive *reader = archive_read_new();
        archive_read_support_format_tar(reader);
        archive_read_set_options(reader, "hdrcharset=BINARY");
        archive_read_open_memory(reader, tar.constData(), size_t(tar.size()));
        archive_entry *entry = nullptr;
        while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
            const mode_t type = archive_entry_filetype(entry);
            Entry found{.type = type == AE_IFDIR ? 'd' : type == AE_IFLNK ? 'l' : type == AE_IFREG ? 'f' : '?',
                        .mode = int(archive_entry_perm(entry)), .owner = archive_entry_uid(entry), .content = {}};
            if (found.type == 'l') {
                found.content = archive_entry_symlink(entry);
            } else {
                found.content.resize(archive_entry_size(entry));
                archive_read_data(reader, found.content.data(), size_t(found.content.size()));
            }
            entries.insert(archive_entry_pathname(entry), found);
        }
        archive_read_free(reader);
        return entries;
    }

private slots:
    void treeArrivesWithNamesModesAndOwner()
    {
        const QByteArray odd = "sp ace\n\"quote\\\xff\xc3\xa4";
        const QByteArray longName(200, 'n');
        FolderTree tree;
        QVERIFY(tree.file("plain", "hello", 0640));
        QVERIFY(tree.file("run", "#!/bin/sh\n", 04755));
        QVERIFY(tree.folder("d", 0750));
        QVERIFY(tree.file("d/" + odd, "odd"));
        QVERIFY(tree.file("d/" + longName, "long"));
        QVERIFY(tree.file("-rf", "dash"));
        QVERIFY(tree.link("link", "d/" + odd));
        QVERIFY(tree.link("outside", "/etc/shadow"));
        QVERIFY(tree.pipe("pipe"));
        QVERIFY(::link(tree.at("plain").constData(), tree.at("hard").constData()) == 0);

        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {}});
        const auto entries = unpacked(readAll(source));
        VERIFY_RESULT(source.outcome());
        QCOMPARE(entries.keys(), (QList<QByteArray>{"-rf", "./", "d/", "d/" + longName, "d/" + odd, "hard", "link", "plain", "run"}));
        QCOMPARE(entries["plain"].content, "hello");
        QCOMPARE(entries["plain"].mode, 0640);
        QCOMPARE(entries["hard"].type, 'f');
        QCOMPARE(entries["hard"].content, "hello");
        QCOMPARE(entries["run"].mode, 0755); // no set-id bit
        QCOMPARE(entries["d/"].mode, 0750);
        QCOMPARE(entries["d/" + odd].content, "odd");
        QCOMPARE(entries["link"].content, "d/" + odd);
        for (const Entry &entry : entries)
            QCOMPARE(entry.owner, 1000);
        const FolderReport report = source.report();
        QCOMPARE(report.files, 6);
        QCOMPARE(report.linksOutside, 1);
        QCOMPARE(report.pipes, 1);
    }

    void largeFileComesWholeThroughASmallBuffer()
    {
        FolderTree tree;
        QByteArray content(20 * 1024 * 1024, Qt::Uninitialized);
        for (qsizetype i = 0; i < content.size(); ++i)
            content[i] = char(i * 31 + i / 4096);
        QVERIFY(tree.file("big", content));
        FolderSource source({.path = tree.path(), .totalBytes = content.size(), .limits = {}});
        QSignalSpy progress(&source, &TreeSource::progressed);
        const auto entries = unpacked(readAll(source));
        VERIFY_RESULT(source.outcome());
        QVERIFY(entries["big"].content == content);
        QCOMPARE(progress.last()[0].toLongLong(), content.size());
        QCOMPARE(progress.last()[1].toLongLong(), content.size());
    }

    void readerThatDoesNotReadHoldsTheThread()
    {
        FolderTree tree;
        QVERIFY(tree.file("big", QByteArray(8 * 1024 * 1024, 'x')));
        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {}});
        QVERIFY(source.open(QIODevice::ReadOnly));
        QTRY_VERIFY(source.bytesAvailable() > 200 * 1024);
        QTest::qWait(100); // nothing to wait for: it must not grow
        QVERIFY(source.bytesAvailable() <= FolderSource::bufferLimit);
        QVERIFY(!source.atEnd());
    }

    void fileThatShrinksIsFilledUpAndReported()
    {
        FolderTree tree;
        constexpr int size = 8 * 1024 * 1024;
        QVERIFY(tree.file("shrinking", QByteArray(size, 'x')));
        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {}});
        QVERIFY(source.open(QIODevice::ReadOnly));
        QTRY_VERIFY(source.bytesAvailable() > 200 * 1024); // its head is written: the size is promised
        QVERIFY(::truncate(tree.at("shrinking").constData(), 1024 * 1024) == 0);
        QByteArray bytes;
        QTRY_VERIFY((bytes += source.readAll(), source.atEnd()));
        VERIFY_RESULT(source.outcome());
        QCOMPARE(source.report().shrunk, 1);
        const Entry entry = unpacked(bytes)["shrinking"];
        QCOMPARE(entry.content.size(), size);
        QVERIFY(entry.content.endsWith(QByteArray(1024, '\0')));
        QVERIFY(source.report().summary().contains("1 file changed"_L1));
    }

    void unreadableFileIsSkipped()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything");
        FolderTree tree;
        QVERIFY(tree.file("a", "a"));
        QVERIFY(tree.file("secret", "x", 0000));
        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {}});
        QCOMPARE(unpacked(readAll(source)).keys(), (QList<QByteArray>{"./", "a"}));
        QCOMPARE(source.report().unreadableNames, QStringList{u"secret"_s});
    }

    void folderThatGrewBeyondTheLimitBreaksTheStream()
    {
        FolderTree tree;
        for (int i = 0; i < 10; ++i)
            QVERIFY(tree.file("f" + QByteArray::number(i), "0123456789"));
        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {.bytes = 50, .entries = 100}});
        QSignalSpy finished(&source, &QIODevice::readChannelFinished);
        QVERIFY(source.open(QIODevice::ReadOnly));
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(source.outcome().error_or({}).code, ErrorCode::TooLarge);
    }

    void missingFolderBreaksTheStream()
    {
        FolderSource source({.path = u"/nonexistent/folder"_s, .totalBytes = 0, .limits = {}});
        QSignalSpy finished(&source, &QIODevice::readChannelFinished);
        QVERIFY(source.open(QIODevice::ReadOnly));
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(source.outcome().error_or({}).code, ErrorCode::NotFound);
    }

    void closingCancels()
    {
        FolderTree tree;
        QVERIFY(tree.file("big", QByteArray(8 * 1024 * 1024, 'x')));
        FolderSource source({.path = tree.path(), .totalBytes = 0, .limits = {}});
        QVERIFY(source.open(QIODevice::ReadOnly));
        QTRY_VERIFY(source.bytesAvailable() > 0);
        source.close();
        QCOMPARE(source.outcome().error_or({}).code, ErrorCode::Cancelled);
        QVERIFY(!source.open(QIODevice::ReadOnly));
    }

    void destructionCancels()
    {
        FolderTree tree;
        QVERIFY(tree.file("big", QByteArray(8 * 1024 * 1024, 'x')));
        auto source = std::make_unique<FolderSource>(FolderSource::Options{.path = tree.path(), .totalBytes = 0, .limits = {}});
        QVERIFY(source->open(QIODevice::ReadOnly));
        source.reset(); // returns: the thread has ended
    }
};

QTEST_GUILESS_MAIN(TestFolderSource)
#include "tst_foldersource.moc"
