import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/**
 * Iceberg's own REST catalog on a loopback port: `RestCatalog PORT FOLDER`. Each first part of a path is a catalog of
 * its own, whose tables are listed in a SQLite file of that name in the folder.
 */
public class RestCatalog {
  public static void main(String[] given) throws Exception {
    ServletContextHandler handler = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);
    handler.addServlet(new ServletHolder(new Catalogs(given[1])), "/*");
    Server server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(given[0])));
    server.setHandler(handler);
    server.start();
    server.join();
  }

  private static class Catalogs extends HttpServlet {
    private final Map<String, Served> served = new ConcurrentHashMap<>();
    private final String folder;

    Catalogs(String folder) {
      this.folder = folder;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      String[] parts = request.getRequestURI().split("/", 3);
      HttpServletRequest within =
          new HttpServletRequestWrapper(request) {
            @Override
            public String getRequestURI() {
              return "/" + (parts.length > 2 ? parts[2] : "");
            }
          };
      served.computeIfAbsent(parts[1], this::make).service(within, response);
    }

    private Served make(String name) {
      Map<String, String> settings =
          Map.of(
              "catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog",
              "uri", "jdbc:sqlite:" + folder + "/" + name + ".db",
              "jdbc.schema-version", "V1",
              "warehouse", folder + "/" + name);
      return new Served(new RESTCatalogAdapter(CatalogUtil.buildIcebergCatalog(name, settings, null)));
    }
  }

  private static class Served extends RESTCatalogServlet {
    Served(RESTCatalogAdapter adapter) {
      super(adapter);
    }

    @Override
    public void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      super.service(request, response);
    }
  }
}
