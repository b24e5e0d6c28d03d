// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desktop/terminal/terminalview.h"
#include "gui/terminal/fakesource.h"

#include <QTest>

#include <qtermwidget.h>

namespace capsule::test {

/// A view in a window of its own, attached to a fake source.
class ViewFixture : public QObject
{
    Q_OBJECT

protected:
    QTermWidget *terminal() const { return m_view->findChild<QTermWidget *>(); }
    QWidget *display() const
    {
        for (QObject *child : terminal()->children()) {
            if (child->inherits("Konsole::TerminalDisplay"))
                return qobject_cast<QWidget *>(child);
        }
        return nullptr;
    }
    void show(const TerminalAppearance &appearance = {})
    {
        m_view = std::make_unique<TerminalView>(appearance);
        m_view->resize(900, 560);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
        attach();
        m_view->setFocus();
        QTRY_VERIFY(display()->hasFocus());
        QTRY_VERIFY(!m_source->sizes.empty());
    }
    void attach()
    {
        auto source = std::make_unique<FakeSource>();
        m_source = source.get();
        m_view->attach(std::move(source));
    }
    void feed(const QByteArray &bytes)
    {
        m_source->send(bytes);
        QTRY_COMPARE(m_source->used, m_source->sent);
    }
    QString screen() const { return m_view->screenText().trimmed(); }
    void removeView()
    {
        m_view.reset();
        QVERIFY(!m_source || QTest::qWaitFor([this] { return m_source.isNull(); })); // deleting the view detaches
    }

    std::unique_ptr<TerminalView> m_view;
    QPointer<FakeSource> m_source;
};

} // namespace capsule::test
