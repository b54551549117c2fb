import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import HTTPListener

@Suite struct ConnectionRegistryTests {
    private static func fill(_ registry: ConnectionRegistry, _ count: Int) -> [EmbeddedChannel] {
        (0..<count).map { _ in
            let channel = EmbeddedChannel()
            _ = registry.add(channel)
            return channel
        }
    }

    @Test("connections are welcome up to the limit, told so for 256 more, and turned away beyond")
    func admission() {
        let registry = ConnectionRegistry(limit: 2)
        let admissions = (0..<260).map { _ in registry.add(EmbeddedChannel()) }
        #expect(admissions.prefix(2) == [.accepted, .accepted])
        #expect(admissions[2..<258].allSatisfy { $0 == .overCount })
        #expect(admissions.suffix(2) == [nil, nil])
    }

    @Test("a connection that was turned away takes no place: once the others are gone there is room for all again")
    func places() throws {
        let registry = ConnectionRegistry(limit: 1)
        for _ in 0..<3 {
            for channel in Self.fill(registry, 300) { _ = try channel.finish(acceptAlreadyClosed: true) }
        }
        #expect(registry.add(EmbeddedChannel()) == .accepted)
        #expect(registry.add(EmbeddedChannel()) == .overCount)
    }

    @Test("a connection that closes makes room for one")
    func closing() throws {
        let registry = ConnectionRegistry(limit: 2)
        let channels = Self.fill(registry, 2)
        #expect(registry.add(EmbeddedChannel()) == .overCount)
        _ = try channels[0].finish()
        #expect(registry.add(EmbeddedChannel()) == .overCount)
        _ = try channels[1].finish()
        #expect(registry.add(EmbeddedChannel()) == .overCount)
    }

    @Test("a connection that arrives once the server stops is turned away")
    func draining() async {
        let registry = ConnectionRegistry(limit: 1)
        await registry.drain(grace: .zero, on: MultiThreadedEventLoopGroup.singleton.next())
        #expect(registry.add(EmbeddedChannel()) == nil)
    }
}
