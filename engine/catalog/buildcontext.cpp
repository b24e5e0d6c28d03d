// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/buildcontext.h"

#include "base/bytesize.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace capsule {

namespace {

constexpr qsizetype maxFiles = 1000;
constexpr qsizetype maxCertificates = 64;
constexpr qsizetype maxCertificateBytes = 64 * 1024;
constexpr qsizetype blockBytes = 512;

std::unexpected<Error> tooLarge(const QString &what)
{
    return fail(ErrorCode::TooLarge, u"%1 is too large for an image build; at most %2 in %3 files."_s
                .arg(what, formatByteSize(contextMaxBytes)).arg(maxFiles));
}

void put(QByteArray &block, qsizetype offset, const QByteArray &text)
{
    block.replace(offset, text.size(), text);
}

/// Octal with leading zeros and a closing NUL: how tar writes numbers.
QByteArray octal(qint64 value, int width)
{
    return QByteArray::number(value, 8).rightJustified(width - 1, '0') + '\0';
}

/// A POSIX ustar header; field offsets as in pax(1), "ustar Interchange Format".
QByteArray tarHeader(const ContextFile &file)
{
    QByteArray block(blockBytes, '\0');
    put(block, 0, file.path.toUtf8());
    put(block, 100, octal(file.executable ? 0755 : 0644, 8));
    put(block, 108, octal(0, 8));
    put(block, 116, octal(0, 8));
    put(block, 124, octal(file.content.size(), 12));
    put(block, 136, octal(0, 12));
    put(block, 148, "        ");
    put(block, 156, "0");
    put(block, 257, QByteArray("ustar\00000", 8));
    qint64 sum = 0;
    for (const char c : std::as_const(block))
        sum += uchar(c);
    put(block, 148, octal(sum, 7) + ' ');
    return block;
}

} // namespace

Result<std::vector<ContextFile>> readContext(const QString &folder)
{
    const QDir root(folder);
    if (folder.isEmpty() || !root.exists())
        return fail(ErrorCode::NotFound, u"Capsule's own files are incomplete; install it again."_s, u"%1 is missing"_s.arg(folder));
    std::vector<ContextFile> files;
    qsizetype total = 0;
    QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::NoSymLinks | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QFileInfo info = it.nextFileInfo();
        QFile file(info.filePath());
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorCode::PermissionDenied, u"Capsule's own files could not be read; check the installation."_s,
                        u"%1: %2"_s.arg(info.filePath(), file.errorString()));
        ContextFile entry{root.relativeFilePath(info.filePath()), file.read(contextMaxBytes + 1), info.isExecutable()};
        total += entry.content.size();
        files.push_back(std::move(entry));
        if (total > contextMaxBytes || qsizetype(files.size()) > maxFiles)
            return tooLarge(folder);
    }
    std::ranges::sort(files, {}, &ContextFile::path);
    return files;
}

std::vector<ContextFile> hostCertificates(const QString &folder)
{
    QStringList paths;
    QDirIterator it(folder, {u"*.crt"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext() && paths.size() < maxCertificates)
        paths << it.next();
    paths.sort();
    std::vector<ContextFile> files;
    for (const QString &path : std::as_const(paths)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > maxCertificateBytes)
            continue;
        files.push_back({u"ca/host-%1.crt"_s.arg(files.size()), file.read(maxCertificateBytes), false});
    }
    return files;
}

Result<QByteArray> makeTar(const std::vector<ContextFile> &files)
{
    QByteArray tar;
    for (const ContextFile &file : files) {
        if (file.path.toUtf8().size() > 100)
            return tooLarge(file.path);
        tar += tarHeader(file);
        tar += file.content;
        tar += QByteArray((blockBytes - file.content.size() % blockBytes) % blockBytes, '\0');
        if (tar.size() > contextMaxBytes)
            return tooLarge(u"The build context"_s);
    }
    tar += QByteArray(2 * blockBytes, '\0');
    return tar;
}

} // namespace capsule
