
# A comment, then nothing for a while.


FROM scratch

   # An indented comment.
#
##
COPY --from=busybox /bin/busybox /bin/busybox
# The last line is a comment without a line end.