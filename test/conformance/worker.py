"""Runs Tempest's tests, a group at a time, as it is told on standard input; a stream of subunit v2 on standard output.

In:  'list' or 'run TEST TEST ...', one to a line.
Out: subunit packets; after each line, a packet of the test 'done'.

Tempest is imported once for all groups. Unlike stestr, which divides the tests before the run, this gives each worker
its next group when it has finished one.
"""
import os
import sys
import unittest

import subunit
import testtools
import tempest


def main():
    # Whatever a test prints must not get between the packets.
    out = os.fdopen(os.dup(1), 'wb', buffering=0)
    os.dup2(2, 1)
    top = os.path.dirname(os.path.dirname(os.path.abspath(tempest.__file__)))
    where = os.path.join(top, 'tempest', 'test_discover')
    suite = unittest.TestLoader().discover(where, top_level_dir=top)
    # Without the tags in brackets: they come out of a set, in another order in each process.
    tests = {test.id().split('[')[0]: test for test in testtools.iterate_tests(suite)}
    stream = subunit.StreamResultToBytes(out)
    for line in iter(sys.stdin.readline, ''):
        verb, *ids = line.split()
        if verb == 'list':
            for test in tests.values():
                stream.status(test_id=test.id(), test_status='exists')
        else:
            result = testtools.ExtendedToStreamDecorator(stream)
            result.startTestRun()
            unittest.TestSuite(tests[name] for name in ids)(result)
            result.stopTestRun()
        stream.status(test_id='done', test_status='exists')


main()
