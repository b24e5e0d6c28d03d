// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/terminalappearance.h"
#include "protocol/methods.h"

#include <QWidget>

#include <functional>
#include <memory>

class QAction;
class QUrl;

namespace capsule {

class ByteStream;
class TerminalSource;

/// The actions of one view. Their shortcuts work while the focus is in this view, so that several views can
/// live in one window; a menu bar shows those of the current one.
struct TerminalActions {
    QAction *copy = nullptr; ///< Ctrl+Shift+C; disabled without a selection
    QAction *paste = nullptr; ///< Ctrl+Shift+V, Shift+Insert
    QAction *selectAll = nullptr; ///< Ctrl+Shift+A
    QAction *find = nullptr; ///< Ctrl+Shift+F
    QAction *zoomIn = nullptr; ///< Ctrl++
    QAction *zoomOut = nullptr; ///< Ctrl+-
    QAction *zoomReset = nullptr; ///< Ctrl+0
    QAction *clearScrollback = nullptr; ///< Ctrl+Shift+K

    QList<QAction *> all() const { return {copy, paste, selectAll, find, zoomIn, zoomOut, zoomReset, clearScrollback}; }
};

/// One viewed terminal: the widget, a search bar and a thin bar for messages. It starts empty; attach() gives
/// it a stream, and again after a reconnection: the replay then builds the picture anew. Whatever the
/// program inside prints is hostile: titles come out plain and short, pastes are cleaned, links ask.
/// Lives on the GUI thread and never blocks it.
class TerminalView : public QWidget
{
    Q_OBJECT
public:
    explicit TerminalView(const TerminalAppearance &appearance, QWidget *parent = nullptr);
    ~TerminalView() override;

    /// Replaces the former stream. What is on the screen stays until the new stream's replay is there.
    void attach(std::unique_ptr<ByteStream> stream);
    void attach(std::unique_ptr<TerminalSource> source);
    void detach();
    bool isAttached() const; ///< a stream is there and has not closed

    const TerminalActions &terminalActions() const;
    void setAppearance(const TerminalAppearance &appearance); ///< keeps the zoom
    int zoom() const; ///< in points above the appearance's font
    void setZoom(int points); ///< kept so that the font is 4 to 96 points
    TerminalSize terminalSize() const;
    QString title() const; ///< as set by the program; plain, at most 120 characters
    QString screenText() const; ///< scrollback and screen, for tests and for "save output"
    bool hasSelection() const;
    void paste(const QString &text); ///< as if it came from the clipboard: cleaned, asked about where it has lines

    /// The bar above the terminal, one message at a time; with an empty `action` it has only a close button.
    /// Text is shown as it is, never as HTML.
    void showNotice(const QString &text, const QString &action = {}, std::function<void()> callback = {});
    void hideNotice();
    bool hasNotice() const;

    /// How to ask the user; by default the bar above the terminal asks. `answer` is called at most once and
    /// may be dropped for "no". The view may be gone by then; it copes.
    using Ask = std::function<void(const QString &question, const QString &accept, std::function<void()> answer)>;
    void setAsk(Ask ask);
    /// Who opens links; by default the desktop (QDesktopServices).
    void setUrlOpener(std::function<void(const QUrl &url)> opener);

signals:
    void titleChanged(const QString &title);
    void bell();
    void sizeChanged(capsule::TerminalSize size); ///< also told to the stream; a drag is one change
    void zoomChanged(int points);
    /// The stream's last word: exit code, or an error, or neither. The picture stays.
    void ended(const capsule::api::ChannelClosedParams &how);
    void replayFinished(); ///< the picture is whole and keys reach the program

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace capsule
