import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import HTTPListener

@Suite struct ConnectionRegistryTests {
    /// A registry and the connections of a test. Times are in seconds.
    private final class Fixture {
        let counters = ListenerCounters()
        let registry: ConnectionRegistry
        let overLimitCount: Int
        private(set) var channels: [EmbeddedChannel] = []

        init(_ limits: ListenerLimits) {
            registry = ConnectionRegistry(limits: limits, counters: counters)
            overLimitCount = limits.overLimitCount
        }

        @discardableResult
        func add(
            _ address: UInt64? = nil, isTrusted: Bool = false, at seconds: Int64 = 0, now: NIODeadline? = nil
        ) throws -> (entry: ConnectionEntry, admission: ConnectionRegistry.Admission)? {
            let channel = EmbeddedChannel()
            try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
            channels.append(channel)
            return registry.add(
                channel, address: address, isTrusted: isTrusted, now: now ?? ConnectionRegistryTests.moment(seconds))
        }

        /// True for each connection that is open, in order.
        var open: [Bool] {
            channels.map {
                $0.embeddedEventLoop.run()
                return $0.isActive
            }
        }
    }

    private static func moment(_ seconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds)
    }

    private static func limits(
        _ count: Int, perAddress: Int = 1000, reserved: Int = 0
    ) -> ListenerLimits {
        .with {
            $0.connectionCount = count
            $0.connectionsPerAddress = perAddress
            $0.reservedConnectionCount = reserved
            $0.overLimitCount = 10
        }
    }

    @Test("the connection that has been idle longest is closed for a new connection")
    func idlest() throws {
        let fixture = Fixture(Self.limits(3))
        let first = try #require(try fixture.add(at: 0))
        try fixture.add(at: 1)
        try fixture.add(at: 2)
        first.entry.noteResponse(isSuccessful: true, now: Self.moment(3))
        #expect(try fixture.add(at: 4)?.admission == .accepted)
        #expect(fixture.open == [true, false, true, true])
        #expect(fixture.counters[.evicted] == 1)
    }

    @Test("a connection that waits for a response is never closed; new connections get 503 up to a limit")
    func busy() throws {
        let fixture = Fixture(Self.limits(2))
        for _ in 0..<2 { try #require(try fixture.add()).entry.noteBusy() }
        for _ in 0..<fixture.overLimitCount { #expect(try fixture.add()?.admission == .overCount) }
        #expect(try fixture.add() == nil)
        #expect(fixture.open.prefix(2) == [true, true])
        #expect(fixture.counters[.connectionLimit] == fixture.overLimitCount + 1)
    }

    @Test("a closed connection makes room for another connection, even if the closed connection exceeded the limit")
    func closing() throws {
        let fixture = Fixture(Self.limits(1))
        try #require(try fixture.add()).entry.noteBusy()
        for _ in 0..<3 {
            for _ in 0..<fixture.overLimitCount { #expect(try fixture.add()?.admission == .overCount) }
            for channel in fixture.channels.dropFirst() { _ = try channel.finish(acceptAlreadyClosed: true) }
        }
        _ = try fixture.channels[0].finish()
        #expect(try fixture.add()?.admission == .accepted)
    }

    @Test("each address has its own limit, and a connection from another address is still accepted")
    func perAddress() throws {
        let fixture = Fixture(Self.limits(100, perAddress: 2))
        #expect(try fixture.add(7)?.admission == .accepted)
        #expect(try fixture.add(7)?.admission == .accepted)
        #expect(try fixture.add(7)?.admission == .overAddress)
        #expect(try fixture.add(8)?.admission == .accepted)
        #expect(fixture.counters[.addressLimit] == 1)
        _ = try fixture.channels[0].finish()
        #expect(try fixture.add(7)?.admission == .accepted)
    }

    @Test("an address with many connections loses one first, even if other addresses have older connections")
    func largeShare() throws {
        let fixture = Fixture(Self.limits(32))
        for second in 0..<29 { try fixture.add(UInt64(second), at: Int64(second)) }
        for _ in 0..<3 { try fixture.add(99, at: 40) }
        #expect(try fixture.add(100, at: 50)?.admission == .accepted)
        #expect(fixture.open.prefix(29).allSatisfy { $0 })
        #expect(fixture.open[29...].filter { !$0 }.count == 1)
    }

    @Test("an address that sent a verified delivery has reserved connections, which are closed last")
    func proved() throws {
        let fixture = Fixture(Self.limits(16, reserved: 2))
        let proved = try #require(try fixture.add(1, at: 0))
        fixture.registry.prove(proved.entry, now: Self.moment(0))
        for second in 0..<14 { try fixture.add(UInt64(100 + second), at: 10) }
        // Only 14 unproved connections are allowed, so the next one replaces one of them.
        #expect(try fixture.add(200, at: 20)?.admission == .accepted)
        #expect(fixture.open.filter { !$0 }.count == 1)
        #expect(fixture.open[0])
        #expect(try fixture.add(1, at: 21)?.admission == .accepted)
        #expect(fixture.open.filter { !$0 }.count == 1)
        #expect(try fixture.add(1, at: 21)?.admission == .accepted)
        #expect(fixture.open[0])
    }

    @Test("a new unproved connection never replaces a proved connection")
    func unprovedNewcomer() throws {
        let fixture = Fixture(Self.limits(8, reserved: 1))
        for _ in 0..<8 { try fixture.add(isTrusted: true) }
        #expect(try fixture.add(5, at: 1)?.admission == .overCount)
        #expect(try fixture.add(isTrusted: true, at: 1)?.admission == .accepted)
        #expect(fixture.open.prefix(8).filter { !$0 }.count == 1)
    }

    @Test("a connection that has been idle for less than a second is closed only to accept a proved connection")
    func brieflyIdle() throws {
        let fixture = Fixture(Self.limits(2))
        for _ in 0..<2 {
            let entry = try #require(try fixture.add(at: 0)).entry
            entry.noteResponse(isSuccessful: true, now: Self.moment(5) - .milliseconds(999))
        }
        #expect(try fixture.add(at: 5)?.admission == .overCount)
        #expect(try fixture.add(isTrusted: true, at: 5)?.admission == .accepted)
        #expect(try fixture.add(at: 6)?.admission == .accepted)
        #expect(fixture.open.prefix(2) == [false, false])
    }

    @Test("a proved connection is closed only after a second, even for another proved connection")
    func brieflyIdleProved() throws {
        let fixture = Fixture(Self.limits(1))
        try #require(try fixture.add(isTrusted: true)).entry.noteResponse(isSuccessful: false, now: Self.moment(5))
        #expect(try fixture.add(isTrusted: true, at: 5)?.admission == .overCount)
        #expect(try fixture.add(isTrusted: true, at: 6)?.admission == .accepted)
    }

    @Test("a client whose requests are rejected does not keep its connection with further requests")
    func rejectedRequests() throws {
        let fixture = Fixture(Self.limits(2))
        let rejected = try #require(try fixture.add(at: 0)).entry
        let useful = try #require(try fixture.add(at: 0)).entry
        rejected.noteResponse(isSuccessful: false, now: Self.moment(5))
        useful.noteResponse(isSuccessful: true, now: Self.moment(5))
        #expect(try fixture.add(at: 5)?.admission == .accepted)
        #expect(fixture.open == [false, true, true])
    }

    @Test("connections of an address that has many are closed at any time, but not for its own connections")
    func brieflyIdleShare() throws {
        let fixture = Fixture(Self.limits(16))
        for _ in 0..<16 { try fixture.add(99, at: 0) }
        #expect(try fixture.add(99, at: 0)?.admission == .overCount)
        #expect(try fixture.add(100, at: 1)?.admission == .accepted)
    }

    @Test("a connection whose body arrives is closed after quiet connections")
    func bodyInProgress() throws {
        let fixture = Fixture(Self.limits(2))
        try #require(try fixture.add(at: 0)).entry.phase = .body
        try fixture.add(at: 1)
        #expect(try fixture.add(at: 9)?.admission == .accepted)
        #expect(fixture.open == [true, false, true])
    }

    @Test("after a search without result, new connections get 503 without a search for a short time")
    func searchPause() throws {
        for (isTrusted, pause) in [(false, TimeAmount.milliseconds(50)), (true, .milliseconds(5))] {
            let fixture = Fixture(Self.limits(1))
            let busy = try #require(try fixture.add()).entry
            busy.noteBusy()
            let start = Self.moment(10)
            #expect(try fixture.add(isTrusted: isTrusted, at: 10)?.admission == .overCount)
            busy.noteResponse(isSuccessful: false, now: Self.moment(0))
            #expect(
                try fixture.add(isTrusted: isTrusted, now: start + pause - .nanoseconds(1))?.admission == .overCount)
            #expect(try fixture.add(isTrusted: isTrusted, now: start + pause)?.admission == .accepted)
        }
    }

    @Test("after a PROXY header, the client address in the header is used")
    func identify() throws {
        let fixture = Fixture(Self.limits(100, perAddress: 1))
        let first = try #require(try fixture.add(isTrusted: true))
        let second = try #require(try fixture.add(isTrusted: true))
        #expect(fixture.registry.identify(first.entry, address: 9, now: Self.moment(0)))
        #expect(!fixture.registry.identify(second.entry, address: 9, now: Self.moment(0)))
        #expect(!first.entry.isProved)
        _ = try fixture.channels[0].finish()
        #expect(fixture.registry.identify(second.entry, address: 9, now: Self.moment(0)))
    }

    @Test("a proved address is removed after seven days, or earlier if it is the oldest of too many addresses")
    func provedAddresses() {
        var addresses = ProvedAddresses(limit: 2)
        addresses.insert(1, now: Self.moment(0))
        addresses.insert(2, now: Self.moment(1))
        addresses.insert(1, now: Self.moment(2))
        addresses.insert(3, now: Self.moment(3))
        #expect([1, 2, 3].map { addresses.contains($0, now: Self.moment(4)) } == [true, false, true])
        #expect(addresses.contains(3, now: Self.moment(3 + 7 * 86_400 - 1)))
        #expect(!addresses.contains(3, now: Self.moment(3 + 7 * 86_400)))
        var none = ProvedAddresses(limit: 0)
        none.insert(1, now: Self.moment(0))
        #expect(!none.contains(1, now: Self.moment(0)))
    }

    @Test(
        "the limit of connections leaves descriptors for other parts of the process",
        arguments: [(1024, 1024, 704), (1024, 524_288, 1024), (50_000, 20_000, 17_760), (1024, 256, 64), (1024, 1, 1)])
    func descriptors(wanted: Int, descriptorCount: Int, expected: Int) {
        #expect(DescriptorLimit.connectionCount(wanted: wanted, descriptorCount: descriptorCount) == expected)
    }

    @Test("the number of descriptors that doctor advises is enough for the connections", arguments: [1024, 50_000])
    func advisedDescriptors(wanted: Int) {
        let advised = DescriptorLimit.descriptorCount(for: wanted)
        #expect(DescriptorLimit.connectionCount(wanted: wanted, descriptorCount: advised) == wanted)
        #expect(DescriptorLimit.connectionCount(wanted: wanted, descriptorCount: advised * 9 / 10) < wanted)
    }

    @Test("if no file descriptor is free, the listener closes an idle connection and pauses before it accepts again")
    func accepting() throws {
        let fixture = Fixture(Self.limits(100))
        try fixture.add(at: 0)
        try fixture.add(at: 1)
        let (events, seen) = AsyncStream.makeStream(of: ListenerEvent.self)
        let shared = SharedState(
            TestServer.application(observe: { seen.yield($0) }), limits: Self.limits(100), proxies: TrustedProxies(),
            counters: fixture.counters, connections: fixture.registry)
        let reads = ReadCounter()
        let listening = EmbeddedChannel(handlers: [reads, AcceptHandler(shared)])
        for _ in 0..<3 {
            listening.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            listening.pipeline.read()
        }
        #expect(reads.count == 0)
        #expect(fixture.open == [false, true])
        #expect(fixture.counters[.descriptorsExhausted] == 1)
        listening.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(reads.count == 1)
        listening.pipeline.read()
        #expect(reads.count == 2)
        _ = events
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
