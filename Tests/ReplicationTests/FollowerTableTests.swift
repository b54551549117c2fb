import Testing

@testable import Replication

@Suite("The followers that a primary knows")
struct FollowerTableTests {
    @Test("a follower is connected while it waits for an entry, and for 5 s after its last request")
    func status() {
        let start = ContinuousClock.now
        var table = FollowerTable()
        _ = table.note("gone", 1, 4, at: start)
        _ = table.note("waiting", 2, 9, at: start)
        table.noteWaiting("waiting", 1, at: start)
        _ = table.note("recent", 3, 10, at: start + .seconds(55))
        #expect(
            table.status(end: 9, at: start + .seconds(60)) == [
                .init(node: "gone", lagCount: 5, quietMilliseconds: 60_000, isConnected: false),
                .init(node: "waiting", lagCount: 0, quietMilliseconds: 60_000, isConnected: true),
                .init(node: "recent", lagCount: 0, quietMilliseconds: 5000, isConnected: true),
            ])
        #expect(table.isFollowed(at: start + .seconds(61)))
        table.noteWaiting("waiting", -1, at: start + .seconds(60))
        #expect(table.isFollowed(at: start + .seconds(65)))
        #expect(!table.isFollowed(at: start + .seconds(66)))
    }

    @Test("a follower that left is not connected, unless another of its requests is waiting")
    func left() {
        let start = ContinuousClock.now
        var table = FollowerTable()
        _ = table.note("copy", 1, 4, at: start)
        table.noteLeft("copy")
        #expect(!table.isFollowed(at: start))
        table.noteWaiting("copy", 1, at: start)
        #expect(table.isFollowed(at: start))
        table.noteWaiting("copy", -1, at: start)
        #expect(!table.isFollowed(at: start))
        _ = table.note("copy", 1, 5, at: start)
        #expect(table.isFollowed(at: start))
    }

    @Test("a process replaces another process with the same name, but is rejected if both still send requests")
    func names() {
        let start = ContinuousClock.now
        var table = FollowerTable()
        // Each process replaces the previous process, until process 3 sends another request after process 4 has sent
        // one.
        let first = [1, 2, 3, 4, 3, 4].map { table.note("copy", $0, $0, at: start) }
        #expect(first == [true, true, true, true, true, false])
        _ = table.note("other", 9, 1, at: start)
        let second = [(3, 5), (4, 10)].map { table.note("copy", $0, 7, at: start + .seconds($1)) }
        #expect(second == [true, false])
        #expect(table.followers.map(\.position) == [7, 1])
        // Process 3 is gone.
        let third = table.note("copy", 4, 9, at: start + .seconds(11))
        #expect(third)
        #expect(table.followers.map(\.position) == [9, 1])
    }
}
