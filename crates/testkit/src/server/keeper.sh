# Stands between a test and a database server, and ends the server when its life is over.
# It needs nothing but POSIX sh, kill, rm and rmdir.
#
#   $1    folder of the server, removed at the end
#   $2    what the life hangs on: "pipe" (our standard input, closed by the kernel when the test
#         process ends, however it ends) or the id of a process
#   $3    signal for the fastest stop that leaves nothing behind
#   $4    file that is made when the server has ended
#   $5..  the server and its arguments
#
# Standard output and error are the server's log.
folder=$1 life=$2 stop=$3 ended=$4
shift 4
exec 3<&0

"$@" </dev/null 3<&- &
server=$!
echo "$server" >"$folder/pid"

(
    if [ "$life" = pipe ]; then
        cat <&3 >/dev/null
    else
        while kill -0 "$life" 2>/dev/null; do sleep 0.2; done
    fi
    # A server that ended by itself left its mark; its id may belong to somebody else now.
    [ -e "$ended" ] && exit
    kill -s "$stop" "$server"
    tries=0
    while [ ! -e "$ended" ] && [ "$tries" -lt 100 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    [ -e "$ended" ] || kill -s KILL "$server"
) &
keeper=$!
exec 3<&-

wait "$server"
echo $? >"$ended"
wait "$keeper"
rm -rf "$folder"
if [ "$life" != pipe ]; then
    rm -f "$folder.lock"
    rmdir "${folder%/*}" 2>/dev/null
fi
exit 0
