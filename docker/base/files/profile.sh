# Login shells (tmux starts them) take PATH from /etc/profile and lose the image's own; ~/.profile adds ~/.local/bin.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
