internal import Deliveries
internal import StrictJSON

/// An error that ends a call with the provider's error response.
struct Rejection: Error {
    let response: Response
}

extension Rejection {
    init(_ status: Int, _ body: JSON) {
        response = .json(status, body)
    }
}

extension Response {
    static func json(_ status: Int, _ value: JSON) -> Response {
        .json(status, value.compact)
    }

    static func redirect(to url: String) -> Response {
        Response(status: 303, headers: [HeaderField("Location", url)])
    }

    static func file(_ bytes: [UInt8], _ type: String, name: String? = nil) -> Response {
        let disposition = name.map { [HeaderField("Content-Disposition", "attachment; filename=\"\($0)\"")] } ?? []
        return Response(status: 200, headers: [HeaderField("Content-Type", type)] + disposition, body: bytes)
    }

    /// An empty page as a PDF. The file contains the note as a comment, because the reports of two cases must have
    /// different bytes.
    static func pdf(note: String, name: String) -> Response {
        let text = """
            %PDF-1.4
            1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
            2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
            3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>> endobj
            trailer <</Root 1 0 R /Size 4>>
            % \(note)
            %%EOF

            """
        return .file(Array(text.utf8), "application/pdf", name: name)
    }

    static func page(_ status: Int = 200, _ title: String, _ content: String) -> Response {
        let text = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(HTML.escape(title))</title>
            <style>body{font:16px/1.5 system-ui;max-width:34rem;margin:3rem auto}</style></head>
            <body><h1>\(HTML.escape(title))</h1>\(content)
            <p><small>A fake for tests. Nothing here is real.</small></p></body></html>
            """
        return Response(
            status: status, headers: [HeaderField("Content-Type", "text/html; charset=utf-8")], body: Array(text.utf8))
    }

    static func message(_ status: Int = 200, _ title: String, _ text: String) -> Response {
        .page(status, title, "<p>\(HTML.escape(text))</p>")
    }
}

/// Builds HTML pages.
enum HTML {
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    static func input(_ label: String, _ name: String, _ attributes: String = "", value: String = "") -> String {
        let value = value.isEmpty ? "" : " value=\"\(escape(value))\""
        return "<p><label>\(label) <input name=\"\(name)\" \(attributes)\(value)></label></p>"
    }

    static func form(_ action: String, _ content: String, button: String = "Consent and submit") -> String {
        "<form method=\"post\" action=\"\(escape(action))\">\(content)<p><button>\(button)</button></p></form>"
    }
}
