import Deliveries
import Synchronization
import TestKit
import Testing

@testable import HTTPListener

@Suite(.offPool) struct ResponseMailboxTests {
    /// Collects the tasks that an event loop would run. The test runs the tasks.
    private final class Tasks: Sendable {
        private let waiting = Mutex<[@Sendable () -> Void]>([])

        var count: Int { waiting.withLock { $0.count } }

        var mailbox: ResponseMailbox {
            ResponseMailbox { task in self.waiting.withLock { $0.append(task) } }
        }

        func run() {
            let tasks = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for task in tasks { task() }
        }
    }

    private static let request = "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".utf8

    @Test("responses that are posted together need one task, and each connection gets its own response")
    func group() throws {
        let tasks = Tasks()
        let mailbox = tasks.mailbox
        let conversations = try (0..<20).map { _ in try Conversation(mailbox: mailbox) }
        for round in 1...3 {
            for conversation in conversations { #expect(conversation.exchange(Self.request) == "") }
            #expect(tasks.count == 0)
            for (number, conversation) in conversations.enumerated() {
                #expect(conversation.responseHeld("round \(round), connection \(number)") == "")
            }
            #expect(tasks.count == 1)
            tasks.run()
            for (number, conversation) in conversations.enumerated() {
                #expect(conversation.responses().hasSuffix("\r\n\r\nround \(round), connection \(number)"))
            }
        }
    }

    @Test("the responses of a connection are in order, and each is sent in its own task")
    func order() throws {
        let tasks = Tasks()
        let conversation = try Conversation(mailbox: tasks.mailbox)
        #expect(conversation.exchange(Array(Self.request) + Array(Self.request) + Array(Self.request)) == "")
        for number in 1...3 {
            #expect(conversation.responseHeld("\(number)") == "")
            #expect(tasks.count == 1)
            tasks.run()
            #expect(conversation.responses().hasSuffix("\r\n\r\n\(number)"))
        }
        #expect(tasks.count == 0)
    }

    @Test("a second response to a request, and a response to a closed connection, are dropped")
    func superfluous() throws {
        let tasks = Tasks()
        let mailbox = tasks.mailbox
        let conversation = try Conversation(mailbox: mailbox)
        let gone = try Conversation(mailbox: mailbox)
        _ = conversation.exchange(Self.request)
        _ = gone.exchange(Self.request)
        _ = conversation.responseHeld("first")
        _ = conversation.responseHeld("second")
        gone.end()
        _ = gone.responseHeld()
        tasks.run()
        #expect(conversation.responses().hasSuffix("\r\n\r\nfirst"))
        #expect(gone.responses() == "")
    }

    @Test("responses that many threads post at the same time all arrive")
    func threads() async throws {
        let held = HeldRequests()
        try await TestServer.listening(held.application) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        try await RawClient.connected(to: server.address) { client in
                            for _ in 0..<10 {
                                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                                let response = try await client.response()
                                #expect(response.status == 200)
                            }
                        }
                    }
                }
                for _ in 0..<320 {
                    let respond = try #require(await held.next())
                    group.addTask { respond(.text(200, "done")) }
                }
                try await group.waitForAll()
            }
        }
    }
}
