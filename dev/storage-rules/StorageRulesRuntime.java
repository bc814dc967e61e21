import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.firebase.rules.lang.CompileResult;
import com.google.firebase.rules.lang.FirebaseRulesProtoCompiler;
import com.google.firebase.rules.runtime.common.AsyncRuntimeFunction;
import com.google.firebase.rules.runtime.common.Evaluator;
import com.google.firebase.rules.runtime.impl.DefaultEvaluator;
import com.google.firebase.rules.runtime.v1.*;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Issue;
import com.google.firebase.rules.v1.Source;
import com.google.gson.*;
import com.google.protobuf.util.JsonFormat;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.Supplier;

/**
 * The storage emulator's rules runtime, spoken over stdin and stdout in JSON lines. firebase-tools downloads one; this
 * one uses the rules engine inside the Firestore emulator's jar, so that the stack starts without a network.
 * firestore.get() and firestore.exists() inside storage rules are not supported.
 */
public class StorageRulesRuntime {
  static final Map<String, RulesetAst> rulesets = new HashMap<>();
  static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  public static void main(String[] args) throws Exception {
    System.setOut(System.err);
    JsonObject ready = new JsonObject();
    ready.addProperty("id", -1); ready.addProperty("status", "ok");
    ready.add("errors", new JsonArray()); ready.add("warnings", new JsonArray());
    out.println(ready);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      if (line.isBlank()) continue;
      JsonObject req = JsonParser.parseString(line).getAsJsonObject();
      JsonObject res = new JsonObject();
      JsonArray errors = new JsonArray(), warnings = new JsonArray();
      res.add("id", req.get("id")); res.addProperty("status", "ok"); res.add("errors", errors); res.add("warnings", warnings);
      try {
        JsonObject ctx = req.getAsJsonObject("context");
        if (req.get("action").getAsString().equals("load_ruleset")) res.add("result", load(ctx, errors, warnings));
        else res.add("result", verify(ctx));
      } catch (Exception e) { errors.add(String.valueOf(e)); e.printStackTrace(); }
      out.println(res);
    }
  }
  static JsonObject load(JsonObject ctx, JsonArray errors, JsonArray warnings) throws Exception {
    Source.Builder src = Source.newBuilder();
    for (JsonElement f : ctx.getAsJsonObject("source").getAsJsonArray("files"))
      src.addFiles(File.newBuilder().setName(f.getAsJsonObject().get("name").getAsString()).setContent(f.getAsJsonObject().get("content").getAsString()));
    CompileResult r = FirebaseRulesProtoCompiler.createStandalone().compile(src.build());
    for (Issue i : r.getIssues()) {
      String s = i.getSourcePosition().getLine() + ":" + i.getSourcePosition().getColumn() + " " + i.getDescription();
      if (i.getSeverity() == Issue.Severity.ERROR) errors.add(s); else warnings.add(s);
    }
    JsonObject o = new JsonObject();
    if (errors.size() == 0) rulesets.put(ctx.get("rulesetName").getAsString(), r.getRulesetAst());
    o.addProperty("rulesVersion", 2);
    return o;
  }
  static JsonObject verify(JsonObject ctx) throws Exception {
    ImmutableMap.Builder<String, Supplier<ListenableFuture<ExpressionValue>>> vars = ImmutableMap.builder();
    for (Map.Entry<String, JsonElement> e : ctx.getAsJsonObject("variables").entrySet()) {
      ExpressionValue.Builder b = ExpressionValue.newBuilder();
      JsonFormat.parser().ignoringUnknownFields().merge(e.getValue().toString(), b);
      ExpressionValue v = b.build();
      vars.put(e.getKey(), () -> Futures.immediateFuture(v));
    }
    ExpressionPathValue.Builder path = ExpressionPathValue.newBuilder();
    for (String s : ctx.get("path").getAsString().split("/")) if (!s.isEmpty()) path.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(s));
    ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables = vars.build();
    ExpressionPathValue p = path.build();
    Evaluator.Context c = new Evaluator.Context() {
      public String service() { return ctx.get("service").getAsString(); }
      public String method() { return ctx.get("method").getAsString(); }
      public ExpressionPathValue path() { return p; }
      public ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables() { return variables; }
      public ImmutableMap<String, AsyncRuntimeFunction> functions() { return ImmutableMap.of(); }
    };
    JsonObject o = new JsonObject();
    o.addProperty("permit", new DefaultEvaluator(rulesets.get(ctx.get("rulesetName").getAsString())).evaluate(c).get().permit());
    return o;
  }
}
