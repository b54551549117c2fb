import Deliveries
import NIOCore
import NIOEmbedded
import Synchronization
import TestKit

@testable import HTTPListener

/// A connection with no socket below: what goes in and comes out is bytes, and nothing happens by itself.
///
/// A POST to `/held` is answered when the test says so, everything to `/rejected` at its head, everything else at once.
final class Conversation {
    let budget = BodyBudget(limit: 1 << 20)
    private let channel = EmbeddedChannel()
    private let held = Held()
    private let reads = ReadCounter()

    /// How often the pipeline has asked the channel for bytes.
    var readCount: Int { reads.count }

    private final class Held: Sendable {
        let respond: Mutex<(@Sendable (Response) -> Void)?> = Mutex(nil)
    }

    init(mailbox: ResponseMailbox? = nil) throws {
        let limits = ListenerLimits()
        let connection = ConnectionHandler(
            application: Self.application(held), limits: limits, budget: budget, dates: DateHeader(),
            mailbox: mailbox ?? ResponseMailbox(channel.eventLoop), peer: "192.0.2.1", isOverCount: false)
        try channel.pipeline.syncOperations.addHandler(reads)
        try channel.pipeline.syncOperations.addHandlers(HTTPListener.handlers(around: connection, limits: limits))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    private static func application(_ held: Held) -> ListenerApplication {
        TestServer.application(
            admit: { head in
                head.target.path == "/rejected" ? .reject(.json(404, "{}")) : .reading(upTo: 1000)
            },
            respond: { request, respond in
                guard request.target.path == "/held" else { return TestServer.echo(request, respond) }
                held.respond.withLock { $0 = respond }
            })
    }

    var isOpen: Bool { channel.isActive }

    /// Sends the bytes and reads what comes back.
    func exchange(_ bytes: some Sequence<UInt8>) -> String {
        // An error of the channel is the connection's end, which the answers show.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        return responses()
    }

    /// Answers the request to `/held` and reads what comes back.
    func responseHeld(_ text: String = "held") -> String {
        held.respond.withLock { $0 }?(.text(200, text))
        return responses()
    }

    /// Says that the client will send nothing more, and reads what comes back.
    func closeInput() -> String {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        return responses()
    }

    /// Asks for a read as the channel itself does after each one, with `autoRead`.
    func askForRead() {
        channel.pipeline.read()
    }

    /// Ends the connection from the client's side.
    func end() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// What has come back since the last look.
    func responses() -> String {
        channel.embeddedEventLoop.run()
        var text = ""
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
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
