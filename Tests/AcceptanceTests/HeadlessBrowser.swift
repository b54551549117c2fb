import Foundation
import Synchronization
import TestKit

/// Chromium without a window, controlled by its DevTools protocol over two pipes. The browser has one tab and a
/// temporary profile. Every wait has a time limit.
final class HeadlessBrowser: Sendable {
    /// The browser ended, reported an error, or did not respond in time.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The path of Chromium; nil if it is not installed.
    static let program: String? = {
        let names = ["chromium", "chromium-browser", "chromium-headless-shell", "google-chrome"]
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let found = names.lazy.compactMap { name in
            folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        }.first
        if found == nil { print("No Chromium is installed (Debian: apt-get install chromium): no browser is tested.") }
        return found
    }()

    static let isInstalled = program != nil

    private let process: ChildProcess
    private let commands = Pipe()
    private let messages: BrowserMessages
    private let profile: URL
    private let session: String

    /// Starts a browser and opens an empty tab.
    init() throws {
        guard let program = Self.program else { throw Failure(description: "no Chromium is installed") }
        profile = FileManager.default.temporaryDirectory.appending(
            path: "callbox-browser-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let responses = Pipe()
        // Chromium reads commands from descriptor 3 and writes responses to descriptor 4.
        process = try ChildProcess(
            URL(filePath: "/bin/sh"),
            ["-c", #"exec 3<&0 4>&1 </dev/null >/dev/null 2>&1; exec "$@""#, "sh", program] + Self.flags
                + ["--user-data-dir=\(profile.path())", "about:blank"],
            environment: ["HOME": profile.path()], input: commands, output: responses)
        messages = BrowserMessages(responses.fileHandleForReading)
        let input = commands.fileHandleForWriting
        let target = try messages.exchange("Target.createTarget", ["url": "about:blank"], to: input)
        let attached = try messages.exchange(
            "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true], to: input)
        guard let session = attached["sessionId"] as? String else { throw Failure(description: "no session") }
        self.session = session
        try send("Page.enable")
    }

    deinit {
        _ = try? process.end()
        try? FileManager.default.removeItem(at: profile)
    }

    private static var flags: [String] {
        let flags = [
            "--headless", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
            "--disable-extensions", "--disable-sync", "--no-proxy-server", "--password-store=basic",
        ]
        // Chromium's sandbox does not work for the user root.
        return geteuid() == 0 ? flags + ["--no-sandbox"] : flags
    }

    /// Opens a page and waits until it is loaded.
    func open(_ url: String) throws {
        try movingOn {
            let response = try send("Page.navigate", ["url": url])
            if let problem = response["errorText"] as? String { throw Failure(description: "\(url): \(problem)") }
        }
    }

    /// Clicks the element that matches a CSS selector and waits for the next page.
    func click(_ selector: String) throws {
        let found = try evaluate("document.querySelector(\(Self.quoted(selector))) !== null")
        guard found == "true" else { throw Failure(description: "nothing is \(selector) on \(try address())") }
        // The timer delays the click until the response to this command is sent. A click that closes the page might
        // otherwise prevent the response.
        try movingOn {
            _ = try evaluate("setTimeout(() => document.querySelector(\(Self.quoted(selector))).click(), 0)")
        }
    }

    /// Fills in a field and causes the same events as typing.
    func fill(_ name: String, with value: String) throws {
        let field = "document.querySelector(\(Self.quoted("[name=\"\(name)\"]")))"
        guard try evaluate("\(field) !== null") == "true" else {
            throw Failure(description: "there is no field \(name)")
        }
        _ = try evaluate("\(field).value = \(Self.quoted(value))")
    }

    func address() throws -> String {
        try evaluate("location.href")
    }

    func text() throws -> String {
        try evaluate("document.body.innerText")
    }

    /// The value of a JavaScript expression, as text.
    func evaluate(_ expression: String) throws -> String {
        let response = try send("Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true])
        guard response["exceptionDetails"] == nil,
            let value = (response["result"] as? [String: Any])?["value"] as? String
        else { throw Failure(description: "the page cannot evaluate \(expression)") }
        return value
    }

    private func movingOn(_ act: () throws -> Void) throws {
        let count = messages.count(of: "Page.loadEventFired")
        try act()
        try messages.wait(for: "Page.loadEventFired", beyond: count)
    }

    @discardableResult
    private func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        try messages.exchange(method, parameters, session: session, to: commands.fileHandleForWriting)
    }

    private static func quoted(_ text: String) -> String {
        let data = (try? JSONSerialization.data(withJSONObject: [text])) ?? Data("[\"\"]".utf8)
        return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
    }
}

/// The messages of a browser: responses by command number, and the number of events by name. Each message ends with a
/// NUL.
final class BrowserMessages: Sendable {
    private struct State {
        var responses: [Int: Data] = [:]
        var eventCounts: [String: Int] = [:]
        var hasEnded = false
    }

    private let state = Pending(State())
    private let nextNumber = Atomic(0)

    init(_ handle: FileHandle) {
        let thread = Thread { [weak self] in
            var received = Data()
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                // `FileHandle` would wait until all requested bytes have arrived.
                let count = read(handle.fileDescriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                received.append(contentsOf: buffer[..<count])
                while let end = received.firstIndex(of: 0) {
                    self?.take(Data(received[received.startIndex..<end]))
                    received = Data(received[received.index(after: end)...])
                }
            }
            self?.state.change { $0.hasEnded = true }
        }
        thread.start()
    }

    /// Sends a command and waits for its response.
    func exchange(
        _ method: String, _ parameters: [String: Any], session: String? = nil, to input: FileHandle
    ) throws -> [String: Any] {
        let number = nextNumber.add(1, ordering: .relaxed).newValue
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try input.write(contentsOf: try JSONSerialization.data(withJSONObject: message) + [0])
        let response = try wait("a response to \(method)") { $0.responses.removeValue(forKey: number) }
        let object = try JSONSerialization.jsonObject(with: response) as? [String: Any] ?? [:]
        if let error = object["error"] as? [String: Any] {
            throw HeadlessBrowser.Failure(description: "\(method): \(error["message"] ?? "rejected")")
        }
        return object["result"] as? [String: Any] ?? [:]
    }

    func count(of event: String) -> Int {
        state.value.eventCounts[event, default: 0]
    }

    func wait(for event: String, beyond count: Int) throws {
        _ = try wait(event) { $0.eventCounts[event, default: 0] > count ? true : nil }
    }

    private func wait<Value: Sendable>(_ what: String, _ find: (inout State) -> Value?) throws -> Value {
        let found = try state.wait(for: what, within: .seconds(30)) { state -> Value?? in
            if let value = find(&state) { return value }
            return state.hasEnded ? .some(nil) : nil
        }
        guard let found else { throw HeadlessBrowser.Failure(description: "the browser ended before \(what)") }
        return found
    }

    private func take(_ message: Data) {
        guard let object = try? JSONSerialization.jsonObject(with: message) as? [String: Any] else { return }
        if let number = object["id"] as? Int {
            state.change { $0.responses[number] = message }
        } else if let event = object["method"] as? String {
            state.change { $0.eventCounts[event, default: 0] += 1 }
        }
    }
}
