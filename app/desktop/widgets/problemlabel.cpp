// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/widgets/problemlabel.h"

#include "desktop/models/sessiontext.h"

#include <QEvent>
#include <QLabel>

namespace capsule {

namespace {

class ProblemLabel : public QLabel
{
public:
    ProblemLabel()
    {
        setTextFormat(Qt::PlainText);
        setWordWrap(true);
        setMinimumHeight(fontMetrics().height());
        recolor();
    }

protected:
    void changeEvent(QEvent *event) override
    {
        QLabel::changeEvent(event);
        if (event->type() == QEvent::ApplicationPaletteChange)
            recolor();
    }

private:
    void recolor()
    {
        QPalette colors = palette();
        colors.setColor(QPalette::WindowText, stateColor(SessionState::Failed, colors.color(QPalette::Window)));
        setPalette(colors);
    }
};

} // namespace

QLabel *problemLabel()
{
    return new ProblemLabel;
}

} // namespace capsule
