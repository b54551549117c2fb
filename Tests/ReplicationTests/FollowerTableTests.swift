import Testing

@testable import Replication

@Suite("The followers that a primary knows")
struct FollowerTableTests {
    @Test("a follower is connected while it waits for an entry, and for 5 s after its last request")
    func status() {
        let start = ContinuousClock.now
        var table = FollowerTable()
        table.note("gone", 4, at: start)
        table.note("waiting", 9, at: start)
        table.noteWaiting("waiting", 1, at: start)
        table.note("recent", 10, at: start + .seconds(55))
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

    @Test("a follower that left is not connected, unless it has another request that waits")
    func left() {
        let start = ContinuousClock.now
        var table = FollowerTable()
        table.note("copy", 4, at: start)
        table.noteLeft("copy")
        #expect(!table.isFollowed(at: start))
        table.noteWaiting("copy", 1, at: start)
        #expect(table.isFollowed(at: start))
        table.noteWaiting("copy", -1, at: start)
        #expect(!table.isFollowed(at: start))
        table.note("copy", 5, at: start)
        #expect(table.isFollowed(at: start))
    }
}
