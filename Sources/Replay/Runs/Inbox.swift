internal import Synchronization

/// A queue whose events are read together, because a task switch for each event would cost more than handling it.
final class Inbox<Event: Sendable>: Sendable {
    private let state = Mutex<(events: [Event], reader: CheckedContinuation<Void, Never>?)>(([], nil))

    func put(_ event: Event) {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            state.events.append(event)
            return state.reader
        }
        reader?.resume()
    }

    /// Waits for events and returns all of them. Only one task may read.
    func take() async -> [Event] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.events.isEmpty { state.reader = continuation }
                return !state.events.isEmpty
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }
}
