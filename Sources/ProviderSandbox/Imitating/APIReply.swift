/// What an imitated API, or one of its pages, answers.
package struct APIReply: Sendable, Equatable {
    package let status: Int
    package var headers: [HeaderLine] = []
    package var body: [UInt8] = []

    package static func json(_ status: Int, _ value: JSON) -> APIReply {
        APIReply(status: status, headers: [HeaderLine("Content-Type", "application/json")], body: value.bytes)
    }

    /// A page for a browser.
    package static func page(_ status: Int = 200, title: String, _ body: String) -> APIReply {
        let text = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(HTML.escaped(title))</title>
            <meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 system-ui;max-width:34rem;
            margin:3rem auto;padding:0 1rem}button,a.button{font:inherit;padding:.5rem 1rem}</style></head>
            <body><h1>\(HTML.escaped(title))</h1>\(body)
            <p><small>An imitation for tests. Nothing here is real.</small></p></body></html>
            """
        return APIReply(
            status: status, headers: [HeaderLine("Content-Type", "text/html; charset=utf-8")], body: Array(text.utf8))
    }

    /// Sends a browser on (303: with GET).
    package static func redirect(to url: String) -> APIReply {
        APIReply(status: 303, headers: [HeaderLine("Location", url)])
    }

    package static func pdf(_ bytes: [UInt8], fileName: String) -> APIReply {
        APIReply(
            status: 200,
            headers: [
                HeaderLine("Content-Type", "application/pdf"),
                HeaderLine("Content-Disposition", "attachment; filename=\"\(fileName)\""),
            ], body: bytes)
    }

    package static let noContent = APIReply(status: 204)
}

/// Text for a page.
package enum HTML {
    package static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
